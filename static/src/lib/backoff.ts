// How long to wait before trying again: longer each time, and never at the same moment as others.

const FIRST_MS = 300;
const LONGEST_MS = 30_000;

export class Backoff {
  #failures = 0;
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** The next wait: between half and the whole of a doubling time. */
  next(): number {
    const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#failures);
    this.#failures += 1;
    return Math.round(whole * (0.5 + this.#random() / 2));
  }

  reset(): void {
    this.#failures = 0;
  }
}
