// How often something dear is done: a few times at once, then once in a while. What comes meanwhile is
// done together.

export interface Pace {
  /** Milliseconds until it may be done again; 0 takes the turn. */
  wait(): number;
}

export const unpaced: Pace = { wait: () => 0 };

/** `most` at once, and one more every so many milliseconds; `now` is monotonic. */
export function paced(most: number, everyMs: number, now: () => number): Pace {
  /** When all turns would be there again. */
  let full = 0;
  return {
    wait(): number {
      const at = now();
      const from = Math.max(full, at);
      const wait = from - (most - 1) * everyMs - at;
      if (wait > 0) return wait;
      full = from + everyMs;
      return 0;
    },
  };
}
