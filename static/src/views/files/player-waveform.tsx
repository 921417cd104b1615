// How loud a sound is from its beginning to its end; what was heard in the colour of the accent.

import "./player-waveform.css";
import { useMemo } from "preact/hooks";
import { amplitudesOf, HEIGHT, pathOf, resampled, STEP } from "./player-bars.ts";

/** Of a sound that came without them. */
const FLAT = [0];

export function Waveform({ waveform, bars }: { waveform: string | null | undefined; bars: number }) {
  const path = useMemo(() => {
    const amplitudes = amplitudesOf(waveform);
    return pathOf(resampled(amplitudes.length > 0 ? amplitudes : FLAT, bars));
  }, [waveform, bars]);
  const size = { viewBox: `0 0 ${bars * STEP - STEP / 2} ${HEIGHT}`, height: HEIGHT, preserveAspectRatio: "none" };
  return (
    <span class="waveform" aria-hidden="true">
      <svg class="waveform-all" {...size}>
        <path d={path} />
      </svg>
      <svg class="waveform-played" {...size}>
        <path d={path} />
      </svg>
    </span>
  );
}
