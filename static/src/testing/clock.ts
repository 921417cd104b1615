// A clock that stands still until a test moves it.

import type { Clock } from "../lib/clock.ts";

export class FakeClock implements Clock {
  #now: number;
  /** What the clock on the wall shows more than there is; timers do not go by it. */
  #ahead = 0;
  #timers = new Set<{ at: number; run: () => void }>();

  constructor(now = Date.parse("2026-11-21T09:30:00Z")) {
    this.#now = now;
  }

  now(): number {
    return this.#now + this.#ahead;
  }

  /** Somebody puts the clock on the wall forward, or back. */
  shift(ms: number): void {
    this.#ahead += ms;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Whether something is to run in so many milliseconds, not earlier and not later. */
  expects(ms: number): boolean {
    return [...this.#timers].some((timer) => timer.at === this.#now + ms);
  }

  /** Move on, running what falls due, in order. Time stands while there is work: that is as fast as the machine. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter((timer) => timer.at <= until);
      const next = due.sort((one, other) => one.at - other.at)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await atRest();
    }
    this.#now = until;
    await atRest();
  }
}

/** Wait until promises that were ready have run. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

/** A connection that waits for another to be closed asks in each turn of the loop, perhaps for ever. */
const MOST_TURNS = 200;

/** Wait until no task is left that is ready to run: each step of a database is one, and starts the next. */
async function atRest(): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    await settled();
    if (!process.getActiveResourcesInfo().includes("Immediate")) return;
  }
}

/** Wait, with a deadline, until something holds. */
export async function until(holds: () => boolean, within = 10_000): Promise<void> {
  const deadline = Date.now() + within;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`not within ${within} ms: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
