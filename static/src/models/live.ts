// A local query as a signal: read when it is made, and again when what it depends on has changed.

import { type ReadonlySignal, signal } from "@preact/signals-core";

export class Live<T> {
  readonly #read: () => Promise<T>;
  readonly #value;
  #reading: Promise<void> | null = null;
  #stale = false;
  readonly value: ReadonlySignal<T>;

  constructor(initial: T, read: () => Promise<T>) {
    this.#read = read;
    this.#value = signal(initial);
    this.value = this.#value;
    this.reload();
  }

  /** Read again; many calls at once are one or two readings. */
  reload(): void {
    this.#stale = true;
    this.#reading ??= this.#readAll().finally(() => (this.#reading = null));
  }

  async #readAll(): Promise<void> {
    while (this.#stale) {
      this.#stale = false;
      this.#value.value = await this.#read();
    }
  }
}
