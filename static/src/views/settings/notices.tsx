// Notifications: what they are for, and the browser's permission, asked for on a click only.

import { useState } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import { notify, permission } from "../common/notices.ts";
import { Button } from "../common/button.tsx";
import { Icon } from "../common/icon.tsx";
import { NoticeCauses } from "./notice-causes.tsx";
import { NoticeTimes } from "./notice-times.tsx";

export function Notices() {
  const { t } = useWords();
  const [state, setState] = useState(permission);
  const ask = async (): Promise<void> => setState(await Notification.requestPermission());
  const example = (): void =>
    void notify({ title: t("app.name"), body: t("settings.notices_try_body"), tag: "example", place: "/" });
  return (
    <div class="settings-form">
      <p class="settings-text">{t("settings.notices_text")}</p>
      {state === "default" && (
        <Button kind="main" icon="bell" onClick={() => void ask()}>
          {t("settings.notices_ask")}
        </Button>
      )}
      {state === "granted" && (
        <>
          <p class="settings-note settings-note-good" role="status">
            <Icon name="check" />
            {t("settings.notices_on")}
          </p>
          <Button icon="bell" onClick={example}>
            {t("settings.notices_try")}
          </Button>
        </>
      )}
      {state === "denied" && (
        <p class="settings-note settings-note-bad" role="status">
          <Icon name="bellOff" />
          {t("settings.notices_off")}
        </p>
      )}
      {state === "none" && (
        <p class="settings-note" role="status">
          <Icon name="info" />
          {t("settings.notices_none")}
        </p>
      )}
      <NoticeCauses />
      <NoticeTimes />
    </div>
  );
}
