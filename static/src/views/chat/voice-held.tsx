// What a finger that holds the microphone can do, beside it and above it.

import { Icon } from "../common/index.ts";
import { useWords } from "../hooks/context.ts";
import { AWAY, type Hold } from "./voice-hold.ts";

export function HeldHint({ hold }: { hold: Hold }) {
  const { t } = useWords();
  const away = hold.away.value;
  return (
    <>
      <span class="voice-away" style={{ translate: `${-away / 2}px 0`, opacity: 1 - away / AWAY }}>
        <Icon name="back" size={16} />
        {t("voice.slide_away")}
      </span>
      <span class="voice-lock" aria-hidden="true">
        <Icon name="lock" />
        <Icon name="up" size={16} />
      </span>
    </>
  );
}
