// Signing out: what is kept here goes; what waits to be sent would be lost, so that is asked first.

import { useState } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { Button } from "../common/button.tsx";
import { Confirm } from "../common/confirm.tsx";

export function Leave() {
  const { session } = useModel();
  const { outbox } = useAccount();
  const { t } = useWords();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const lost = outbox.waiting.value + outbox.failed.value.length + outbox.conflicts.value.length;
  const leave = (): void => {
    setBusy(true);
    void session.signOut();
  };
  return (
    <div class="settings-form">
      <p class="settings-text">{t("settings.leave_text")}</p>
      <Button kind="danger" icon="leave" busy={busy} onClick={() => (lost > 0 ? setAsking(true) : leave())}>
        {t("settings.sign_out")}
      </Button>
      {asking && (
        <Confirm
          title={t("settings.sign_out_title")}
          text={t("settings.sign_out_waiting", { count: lost })}
          action={t("settings.sign_out")}
          danger
          busy={busy}
          onConfirm={leave}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}
