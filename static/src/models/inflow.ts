// What comes over the connection, applied in the order it came: all that waits together. Where much
// comes, it is taken at a pace, so that whoever types meanwhile has the time of the frames.

import type { Pace } from "../lib/pace.ts";

export class Inflow<Item> {
  readonly #apply: (items: Item[]) => Promise<void>;
  readonly #pace: Pace;
  #waiting: Item[] = [];
  #applying: Promise<void> | null = null;
  #resting: ReturnType<typeof setTimeout> | undefined;

  /** What `apply` throws ends what waits: it comes again with the next connection. */
  constructor(apply: (items: Item[]) => Promise<void>, pace: Pace) {
    this.#apply = apply;
    this.#pace = pace;
  }

  take(items: Item[]): void {
    this.#waiting.push(...items);
    this.#next();
  }

  /** Let go of what is not applied yet. */
  clear(): void {
    this.#waiting = [];
    this.#rest(0);
  }

  /** Wait until everything that has come is applied, without a rest. */
  async settled(): Promise<void> {
    while (this.#applying !== null || this.#waiting.length > 0) {
      if (this.#applying === null) this.#begin();
      await this.#applying;
    }
  }

  #next(): void {
    if (this.#applying !== null || this.#resting !== undefined || this.#waiting.length === 0) return;
    const wait = this.#pace.wait();
    if (wait > 0) this.#rest(wait);
    else this.#begin();
  }

  #rest(ms: number): void {
    clearTimeout(this.#resting);
    this.#resting = ms === 0 ? undefined : setTimeout(() => this.#rested(), ms);
  }

  #rested(): void {
    this.#resting = undefined;
    this.#next();
  }

  #begin(): void {
    this.#rest(0);
    const items = this.#waiting;
    this.#waiting = [];
    this.#applying = this.#apply(items).finally(() => (this.#applying = null));
    void this.#applying.then(() => this.#next());
  }
}
