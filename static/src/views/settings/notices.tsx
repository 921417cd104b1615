// Notifications: on this device, on which others, of what, and when.

import { useWords } from "../hooks/context.ts";
import { chime, sounds } from "../../lib/chime.ts";
import { Switch } from "../common/field.tsx";
import { NoticeCauses } from "./notice-causes.tsx";
import { NoticeMail } from "./notice-mail.tsx";
import { NoticeTimes } from "./notice-times.tsx";
import { NoticeWhy } from "./notice-why.tsx";
import { PushHere } from "./push.tsx";
import { PushDevices } from "./push-devices.tsx";

export function Notices() {
  const { t } = useWords();
  return (
    <div class="settings-form">
      <p class="settings-text">{t("settings.notices_text")}</p>
      <PushHere />
      <SoundHere />
      <PushDevices />
      <NoticeCauses />
      <NoticeTimes />
      <NoticeMail />
      <NoticeWhy />
    </div>
  );
}

/** Of this device alone: what a phone plays is the system's to choose. */
function SoundHere() {
  const { t } = useWords();
  const change = (on: boolean): void => {
    sounds.value = on;
    if (on) void chime();
  };
  return (
    <Switch label={t("notices.sound")} hint={t("notices.sound_hint")} checked={sounds.value} onChange={change} />
  );
}
