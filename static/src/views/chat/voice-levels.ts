// From what a microphone gives to the few bytes that are drawn of it. Pure.

/** So many amplitudes a message has, at the most. */
export const MOST = 64;
/** Quieter than this is silence, however quiet the rest is. */
const QUIET = 0.005;

/** How loud a moment is, 0 to 1, as it is heard: twice as loud is not twice the pressure. */
export function levelOf(samples: Float32Array): number {
  const sum = samples.reduce((total, sample) => total + sample * sample, 0);
  return Math.min(1, Math.sqrt(Math.sqrt(sum / Math.max(1, samples.length))));
}

/** The loudest of each part, so that the loudest of all is 255; in base64. */
export function waveformOf(levels: readonly number[]): string | null {
  if (levels.length === 0) return null;
  const count = Math.min(MOST, levels.length);
  const loud = Math.max(Math.sqrt(QUIET), ...parts(levels, count).map((part) => Math.max(...part)));
  const bytes = parts(levels, count).map((part) => Math.round((255 * Math.max(...part)) / loud));
  return btoa(String.fromCharCode(...bytes));
}

function parts(levels: readonly number[], count: number): number[][] {
  const at = (index: number): number => Math.floor((index * levels.length) / count);
  return Array.from({ length: count }, (_, index) => levels.slice(at(index), at(index + 1)));
}
