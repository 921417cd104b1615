// Searches and views of tasks that somebody keeps under a name: the same on all of their devices.

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import { ApiError, Unreachable } from "../../lib/errors.ts";
import type { Account } from "../account.ts";
import type { Change } from "../changes.ts";
import type { Item, ItemOf } from "../rows.ts";
import type { SavedSearch, SavedSearches } from "../types.ts";

export type Of = SavedSearch["of"];

export class Saved {
  readonly #account: Account;
  readonly #stored = signal<SavedSearches | null>(null);
  /** As they are once what waits is sent, by name. */
  readonly all: ReadonlySignal<SavedSearch[]>;

  constructor(account: Account) {
    this.#account = account;
    const { outbox } = account;
    this.all = computed(() => {
      const stored = this.#stored.value?.searches ?? {};
      const all = outbox.items.value.filter(isOurs).reduce(laidOver, stored);
      return Object.values(all).sort((one, other) => one.name.localeCompare(other.name));
    });
    account.changes.hear((changes) => changes.forEach((change) => this.#hear(change)));
    void this.#load();
  }

  of(of: Of): SavedSearch[] {
    return this.all.value.filter((each) => each.of === of);
  }

  add(of: Of, name: string, q: string): void {
    const id = crypto.randomUUID();
    this.#set(id, { id, of, name, q });
  }

  rename(saved: SavedSearch, name: string): void {
    this.#set(saved.id, { ...saved, name });
  }

  remove(id: string): void {
    this.#set(id, null);
  }

  /** What was removed, as it was. */
  restore(saved: SavedSearch): void {
    this.#set(saved.id, saved);
  }

  #set(id: string, saved: SavedSearch | null): void {
    const { of, name, q } = saved ?? {};
    const searches = { [id]: saved === null ? null : { of, name, q } } as ItemOf<"searches.set">["fields"]["searches"];
    // No chat has this number: it waits for no chat, and none for it.
    this.#account.outbox.write({ kind: "searches.set", chat_id: 0, fields: { searches } });
  }

  async #load(): Promise<void> {
    const row = await this.#account.replica.read((database) => database.get("meta", "searches"));
    if (row?.name === "searches") this.#stored.value ??= row.value;
    else await this.#ask();
  }

  /** Of the server: from then on its events say what changes. */
  async #ask(): Promise<void> {
    const { http, replica } = this.#account;
    try {
      const value = await http.get<SavedSearches>("/users/me/searches");
      await replica.write(async (batch) => batch.searches(value));
    } catch (error) {
      // With the next connection.
      if (!(error instanceof ApiError || error instanceof Unreachable)) throw error;
    }
  }

  #hear(change: Change): void {
    if (change.kind === "searches") this.#stored.value = change.value;
    const connected = change.kind === "link" && change.state === "live" && this.#stored.peek() === null;
    if (connected || change.kind === "booted") void this.#ask();
  }
}

function isOurs(item: Item): item is ItemOf<"searches.set"> {
  return item.kind === "searches.set" && item.state !== "failed";
}

function laidOver(all: Record<string, SavedSearch>, { fields }: ItemOf<"searches.set">): Record<string, SavedSearch> {
  const next = { ...all };
  for (const [id, saved] of Object.entries(fields.searches)) {
    if (saved === null) delete next[id];
    else next[id] = { id, ...saved } as SavedSearch;
  }
  return next;
}
