// A list that is fetched page by page, and follows what happens while it is looked at.

import { type ReadonlySignal, signal } from "@preact/signals";
import { Unreachable } from "../../lib/errors.ts";
import type { Page } from "../../lib/http.ts";

type Next = string | number | null;

export interface ListingParts<T> {
  /** A page; from the beginning without `next`. */
  ask(next: Next): Promise<Page<T>>;
  /** Below zero when the first comes before the second. */
  order(one: T, other: T): number;
  id(item: T): string;
  /** The moment that says of which month it is. */
  at(item: T): string;
  /** What is known without the server, for when it cannot be reached. */
  local?(): Promise<T[]>;
}

export class Listing<T> {
  readonly #parts: ListingParts<T>;
  readonly #items = signal<readonly T[]>([]);
  readonly #state = signal<"loading" | "ready" | "failed">("loading");
  readonly #more = signal(true);
  readonly #error = signal<unknown>(null);
  #next: Next = null;
  #asking = false;
  /** What is new is to be looked for once what is asked for is here. */
  #stale = false;
  readonly items: ReadonlySignal<readonly T[]> = this.#items;
  readonly state: ReadonlySignal<"loading" | "ready" | "failed"> = this.#state;
  /** Whether there is more than is here. */
  readonly more: ReadonlySignal<boolean> = this.#more;
  readonly error: ReadonlySignal<unknown> = this.#error;

  constructor(parts: ListingParts<T>) {
    this.#parts = parts;
  }

  /** Fetch the next page; once at a time. */
  async load(): Promise<void> {
    if (this.#asking || !this.#more.peek()) return;
    this.#asking = true;
    this.#state.value = "loading";
    try {
      const page = await this.#parts.ask(this.#next);
      this.#next = page.next;
      this.#more.value = page.next !== null;
      this.#put(page.data);
      this.#state.value = "ready";
    } catch (error) {
      this.#error.value = error;
      if (error instanceof Unreachable) await this.#putLocal();
      this.#state.value = "failed";
    } finally {
      this.#asking = false;
    }
    if (this.#stale) await this.renew();
  }

  /** Fetch what came to the front of it. */
  async renew(): Promise<void> {
    this.#stale = this.#asking;
    if (this.#asking) return;
    this.#asking = true;
    try {
      const page = await this.#parts.ask(null);
      this.#putFirst(page);
    } catch {
      // It is behind until it is looked at anew.
    } finally {
      this.#asking = false;
    }
    if (this.#stale) await this.renew();
  }

  #putFirst(page: Page<T>): void {
    const first = this.#items.peek()[0];
    const last = page.data.at(-1);
    const apart = page.next !== null && last !== undefined && first !== undefined && this.#parts.order(last, first) < 0;
    if (apart) {
      // More came than a page has: what is between is not here.
      this.#items.value = [];
      this.#next = page.next;
      this.#more.value = true;
    }
    this.#put(page.data);
  }

  id(item: T): string {
    return this.#parts.id(item);
  }

  at(item: T): string {
    return this.#parts.at(item);
  }

  /** Some of them are others now: those that `are` says are taken away, and these put in. */
  change(are: (item: T) => boolean, items: readonly T[]): void {
    const kept = this.#items.peek().filter((item) => !are(item));
    const last = kept.at(-1);
    // What is further than one has come comes with its page.
    const near = items.filter(
      (item) => !this.#more.peek() || (last !== undefined && this.#parts.order(item, last) < 0),
    );
    this.#items.value = kept;
    this.#put(near);
  }

  async #putLocal(): Promise<void> {
    if (this.#items.peek().length > 0) return;
    this.#put((await this.#parts.local?.().catch(() => [])) ?? []);
  }

  #put(items: readonly T[]): void {
    const { id, order } = this.#parts;
    const all = new Map([...this.#items.peek(), ...items].map((item) => [id(item), item]));
    this.#items.value = [...all.values()].sort(order);
  }
}
