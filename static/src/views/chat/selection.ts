// The messages that are chosen to do something with together.

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Shown } from "../../models/overlays/messages.ts";

/** No more are forwarded at once. */
export const MOST_SELECTED = 100;

export class Selection {
  readonly #bySeq = signal<ReadonlyMap<number, Shown>>(new Map());
  /** Where a range begins. */
  #from: number | null = null;

  readonly count: ReadonlySignal<number> = computed(() => this.#bySeq.value.size);
  readonly active: ReadonlySignal<boolean> = computed(() => this.#bySeq.value.size > 0);

  has(seq: number): boolean {
    return this.#bySeq.value.has(seq);
  }

  /** In the order of the chat. */
  get messages(): Shown[] {
    return [...this.#bySeq.value.values()].sort((one, other) => one.seq - other.seq);
  }

  toggle(message: Shown): void {
    const next = new Map(this.#bySeq.peek());
    if (!next.delete(message.seq) && isFit(message) && next.size < MOST_SELECTED) next.set(message.seq, message);
    this.#from = message.seq;
    this.#bySeq.value = next;
  }

  /** All from the last one that was chosen to this one, of those shown. */
  reach(message: Shown, shown: Shown[]): void {
    const from = this.#from ?? message.seq;
    const [first, last] = [Math.min(from, message.seq), Math.max(from, message.seq)];
    const next = new Map(this.#bySeq.peek());
    for (const each of shown) {
      if (each.seq >= first && each.seq <= last && isFit(each) && next.size < MOST_SELECTED) next.set(each.seq, each);
    }
    this.#from = message.seq;
    this.#bySeq.value = next;
  }

  /** Take over what has become of them; what was deleted is not chosen any more. */
  follow(shown: Shown[]): void {
    const held = this.#bySeq.peek();
    const changed = shown.filter((each) => held.has(each.seq) && held.get(each.seq) !== each);
    if (changed.length === 0) return;
    const next = new Map(held);
    for (const each of changed) {
      if (isFit(each)) next.set(each.seq, each);
      else next.delete(each.seq);
    }
    this.#bySeq.value = next;
  }

  clear(): void {
    this.#from = null;
    if (this.#bySeq.peek().size > 0) this.#bySeq.value = new Map();
  }
}

function isFit(message: Shown): boolean {
  return message.deleted_at === null;
}
