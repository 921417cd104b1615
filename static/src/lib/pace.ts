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

/** So soon one looks again whether there is time. */
const AGAIN_MS = 12;

/** The same, but not while something more pressing is under way; that is waited for no longer than `mostMs`. */
export function givingWay(pace: Pace, isBusy: () => boolean, mostMs: number, now: () => number): Pace {
  /** Since when it has been waited for. */
  let since: number | null = null;
  return {
    wait(): number {
      if (isBusy()) {
        since ??= now();
        if (now() - since < mostMs) return AGAIN_MS;
      }
      const wait = pace.wait();
      if (wait === 0) since = null;
      return wait;
    },
  };
}
