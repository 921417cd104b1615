// Notifications: on this device, on which others, of what, and when.

import { useWords } from "../hooks/context.ts";
import { NoticeCauses } from "./notice-causes.tsx";
import { NoticeMail } from "./notice-mail.tsx";
import { NoticeTimes } from "./notice-times.tsx";
import { PushHere } from "./push.tsx";
import { PushDevices } from "./push-devices.tsx";

export function Notices() {
  const { t } = useWords();
  return (
    <div class="settings-form">
      <p class="settings-text">{t("settings.notices_text")}</p>
      <PushHere />
      <PushDevices />
      <NoticeCauses />
      <NoticeTimes />
      <NoticeMail />
    </div>
  );
}
