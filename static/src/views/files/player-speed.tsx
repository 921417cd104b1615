// How fast one hears it: a button that goes through the speeds.

import "./player-speed.css";
import { tip } from "../common/index.ts";
import { useWords } from "../hooks/context.ts";
import { player } from "./player.ts";

export function Speed() {
  const { t } = useWords();
  const said = t("voice.times", { speed: player.speed.value });
  const label = t("voice.speed", { speed: said });
  return (
    <button
      type="button"
      class="sound-speed number"
      {...tip(label)}
      aria-label={label}
      onClick={() => player.faster()}
    >
      {said}
    </button>
  );
}
