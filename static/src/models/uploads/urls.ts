// Addresses of local files for `<img>` and `<video>`: made when first shown, let go of a moment after
// they are not shown any more, so that what stands in for a stored picture does not blink.

import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { Clock } from "../../lib/clock.ts";
import { Named } from "../row-store.ts";
import type { Blobs } from "./blobs.ts";

const LINGERS_MS = 10_000;

export class LocalUrls {
  readonly #blobs: Blobs;
  readonly #clock: Clock;
  readonly #urls = new Named((_id: string) => signal<string | null>(null));
  readonly #holders = new Map<string, number>();

  constructor(blobs: Blobs, clock: Clock) {
    this.#blobs = blobs;
    this.#clock = clock;
  }

  /** Null until its bytes are at hand, and when they are nowhere. Only what is held has one. */
  of(id: string): ReadonlySignal<string | null> {
    return this.#urls.of(id);
  }

  /** Keep the address of a file good until the result is called. */
  hold(id: string): () => void {
    const holders = this.#holders.get(id) ?? 0;
    this.#holders.set(id, holders + 1);
    if (holders === 0) void this.#make(id);
    let held = true;
    return () => {
      if (held) this.#clock.after(LINGERS_MS, () => this.#release(id));
      held = false;
    };
  }

  async #make(id: string): Promise<void> {
    const blob = await this.#blobs.get(id);
    const url = this.#urls.of(id);
    if (blob === null || !this.#holders.has(id) || url.peek() !== null) return;
    url.value = URL.createObjectURL(blob);
  }

  #release(id: string): void {
    const holders = (this.#holders.get(id) ?? 0) - 1;
    if (holders > 0) return void this.#holders.set(id, holders);
    this.#holders.delete(id);
    const url = this.#urls.of(id);
    if (url.peek() !== null) URL.revokeObjectURL(url.peek() as string);
    url.value = null;
  }

  /** Let go of all. */
  close(): void {
    for (const url of this.#urls.made.values()) {
      if (url.peek() !== null) URL.revokeObjectURL(url.peek() as string);
      url.value = null;
    }
  }
}
