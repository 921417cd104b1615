// How loud it is right now, and was a moment ago: the newest at the right.

import { HEIGHT, pathOf, STEP } from "../files/player-bars.ts";
import type { Recorder } from "./voice-recorder.ts";

/** People do not speak as loud as a microphone can hear. */
const GAIN = 2;
/** Wider than any composer. */
const SHOWN = 300;

export function Levels({ recorder }: { recorder: Recorder }) {
  const levels = recorder.levels.value;
  const path = pathOf(levels.map((level) => 255 * Math.min(1, GAIN * level)));
  return (
    <svg
      class="voice-levels"
      viewBox={`0 0 ${SHOWN * STEP} ${HEIGHT}`}
      height={HEIGHT}
      preserveAspectRatio="xMaxYMid slice"
      aria-hidden="true"
    >
      <path d={path} transform={`translate(${(SHOWN - levels.length) * STEP} 0)`} />
    </svg>
  );
}
