// Rows by id, as signals: a view that reads one is shown anew when that one changes.

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";

export class RowStore<V> {
  readonly #rows = signal<ReadonlyMap<number, V>>(new Map());
  readonly #single = new Map<number, ReadonlySignal<V | null>>();
  readonly all: ReadonlySignal<V[]> = computed(() => [...this.#rows.value.values()]);

  get rows(): ReadonlyMap<number, V> {
    return this.#rows.value;
  }

  peek(id: number): V | null {
    return this.#rows.peek().get(id) ?? null;
  }

  /** The same signal for the same id. */
  of(id: number): ReadonlySignal<V | null> {
    let single = this.#single.get(id);
    if (single === undefined) {
      single = computed(() => this.#rows.value.get(id) ?? null);
      this.#single.set(id, single);
    }
    return single;
  }

  fill(rows: Iterable<readonly [number, V]>): void {
    this.#rows.value = new Map(rows);
  }

  /** Put some and take some away, as one change. */
  change(put: Iterable<readonly [number, V]>, gone: Iterable<number> = []): void {
    const rows = new Map(this.#rows.peek());
    for (const [id, row] of put) rows.set(id, row);
    for (const id of gone) rows.delete(id);
    this.#rows.value = rows;
  }
}

/** Signals made when first asked for, one for each name. */
export class Named<K, S> {
  readonly #made = new Map<K, S>();
  readonly #make: (name: K) => S;

  constructor(make: (name: K) => S) {
    this.#make = make;
  }

  of(name: K): S {
    let found = this.#made.get(name);
    if (found === undefined) {
      found = this.#make(name);
      this.#made.set(name, found);
    }
    return found;
  }

  get made(): ReadonlyMap<K, S> {
    return this.#made;
  }
}
