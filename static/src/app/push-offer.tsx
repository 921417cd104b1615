// Offered once on a device, after the first message that was sent there: to be told of answers.

import { useEffect } from "preact/hooks";
import { effect, signal } from "@preact/signals";
import type { Account } from "../models/account.ts";
import { pushOf } from "../models/push.ts";
import { IconButton } from "../views/common/button.tsx";
import { useSwitchOn } from "../views/common/push-on.ts";
import { Icon } from "../views/common/icon.tsx";
import { useAccount, useWords } from "../views/hooks/context.ts";

const OFFERED = "messenger.push-offered";
const shown = signal(false);

export default function PushOffer() {
  const account = useAccount();
  const { t } = useWords();
  const { switchOn } = useSwitchOn();
  useEffect(() => offerAfterSending(account), [account]);
  if (!shown.value) return null;
  const close = (): void => void (shown.value = false);
  const accept = (): void => {
    void switchOn();
    close();
  };
  return (
    <div class="strip strip-news" role="status">
      <Icon name="bell" size={16} />
      <span class="strip-text">{t("push.offer")}</span>
      <button type="button" class="strip-button" onClick={accept}>
        {t("push.offer_yes")}
      </button>
      <IconButton small icon="close" label={t("push.offer_no")} onClick={close} />
    </div>
  );
}

function offerAfterSending(account: Account): () => void {
  if (localStorage.getItem(OFFERED) !== null) return () => {};
  const push = pushOf(account);
  return effect(() => {
    const sent = account.outbox.shown.value.some(({ kind }) => kind === "message.send");
    const { state } = push;
    if (!sent || state.value !== "off" || Notification.permission !== "default") return;
    if (localStorage.getItem(OFFERED) !== null) return;
    localStorage.setItem(OFFERED, "yes");
    shown.value = true;
  });
}
