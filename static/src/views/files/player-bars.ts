// A waveform as bars: from the bytes that came with a file to the path of a drawing. Pure.

/** Pixels: of a bar with the gap behind it, of a bar, and of the whole height. */
export const STEP = 4;
export const BAR = 2;
export const HEIGHT = 28;
const LOWEST = 2;

/** Amplitudes from 0 to 255; none where there are none, or they cannot be read. */
export function amplitudesOf(waveform: string | null | undefined): number[] {
  if (!waveform) return [];
  try {
    return Array.from(atob(waveform), (letter) => letter.charCodeAt(0));
  } catch {
    return [];
  }
}

/** So many bars of whatever many amplitudes: the loudest of those that fall into one. */
export function resampled(amplitudes: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * amplitudes.length) / count);
    const to = Math.max(from + 1, Math.floor(((index + 1) * amplitudes.length) / count));
    return Math.max(0, ...amplitudes.slice(from, to));
  });
}

/** Strokes around the middle line; silence is a dot. */
export function pathOf(bars: readonly number[]): string {
  return bars
    .map((amplitude, index) => {
      const height = LOWEST + ((HEIGHT - BAR - LOWEST) * amplitude) / 255;
      const top = (HEIGHT - height) / 2;
      return `M${index * STEP + BAR / 2} ${round(top)}v${round(height)}`;
    })
    .join("");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
