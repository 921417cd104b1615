// Notifications on this device: on or off, and where they cannot be on, why, and what undoes it.

import { useEffect } from "preact/hooks";
import { browserOf } from "../../lib/push.ts";
import type { Key } from "../../lib/locale.ts";
import { pushOf, type PushState } from "../../models/push.ts";
import { Switch } from "../common/field.tsx";
import { Icon, type IconName } from "../common/icon.tsx";
import { useSwitchOn } from "../common/push-on.ts";
import { useAccount, useWords } from "../hooks/context.ts";

interface Note {
  icon: IconName;
  text: Key;
  bad: boolean;
}

export function PushHere() {
  const { t } = useWords();
  const push = pushOf(useAccount());
  const { switchOn, busy, fail } = useSwitchOn();
  useEffect(() => void push.look(), [push]);
  const state = push.state.value;
  const on = state === "on" || state === "tabs";
  const note = noteOf(state);
  const can = on || state === "off" || state === "looking";
  const change = (wanted: boolean): void => {
    if (wanted) void switchOn();
    else push.off().catch(fail);
  };
  return (
    <>
      {can && (
        <Switch
          label={t("push.here")}
          hint={t("push.here_hint")}
          checked={on}
          disabled={busy || state === "looking"}
          onChange={change}
        />
      )}
      {note !== null && (
        <p class={`settings-note ${note.bad ? "settings-note-bad" : ""}`} role="status">
          <Icon name={note.icon} />
          <span>{t(note.text, { address: location.host })}</span>
        </p>
      )}
      {state === "home_screen" && <HomeScreen />}
    </>
  );
}

function noteOf(state: PushState): Note | null {
  if (state === "denied") return { icon: "bellOff", text: `push.denied_${browserOf(navigator)}`, bad: true };
  if (state === "tabs") return { icon: "warning", text: "push.tabs", bad: true };
  if (state === "home_screen") return { icon: "info", text: "push.home_screen", bad: false };
  if (state === "insecure") return { icon: "info", text: "push.insecure", bad: false };
  return state === "unsupported" ? { icon: "info", text: "push.unsupported", bad: false } : null;
}

function HomeScreen() {
  const { t } = useWords();
  const steps = ["push.step_share", "push.step_add", "push.step_open"] as const;
  return (
    <ol class="push-steps">
      {steps.map((step) => (
        <li key={step}>{t(step)}</li>
      ))}
    </ol>
  );
}
