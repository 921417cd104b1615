// Whether one's address is proved, and the letter that proves it, once more.

import { useState } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { Button } from "../common/button.tsx";
import { useFailure } from "../common/failure.ts";
import { useLayers } from "../common/layers.ts";

/** Nothing where the server sends no mail, or there is no address. */
export function Proof() {
  const { session } = useModel();
  const { people, http } = useAccount();
  const { t } = useWords();
  const { toast } = useLayers();
  const fail = useFailure();
  const [busy, setBusy] = useState(false);
  const me = people.me.value;
  if (!session.settings.mail || !me.email) return null;
  if (me.email_verified_at) return <p class="settings-text">{t("settings.email_proved", { email: me.email })}</p>;
  const send = async (): Promise<void> => {
    setBusy(true);
    try {
      await http.change("POST", "/users/me/email/verify");
      toast(t("settings.email_sent", { email: me.email ?? "" }));
    } catch (error) {
      fail(error);
    }
    setBusy(false);
  };
  return (
    <div class="notice-pause" role="status">
      <span>{t("settings.email_unproved", { email: me.email })}</span>
      <Button small busy={busy} onClick={() => void send()}>
        {t("settings.email_again")}
      </Button>
    </div>
  );
}
