// Time, handed in wherever it matters, so that tests can move it.

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs once after a while, unless the returned function is called before. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
