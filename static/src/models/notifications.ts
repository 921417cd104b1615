// What may notify the person, as they chose it: kept on the device, the same on all of theirs.

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import { ApiError, Unreachable } from "../lib/errors.ts";
import type { Account } from "./account.ts";
import type { Change } from "./changes.ts";
import type { Item, ItemOf } from "./rows.ts";
import type { NotifySettings, SetNotificationsBody } from "./types.ts";

export class Notifications {
  readonly #account: Account;
  readonly #stored = signal<NotifySettings | null>(null);
  /** As it is once what waits is sent; as by default until it is known. */
  readonly chosen: ReadonlySignal<NotifySettings>;

  constructor(account: Account) {
    this.#account = account;
    const { outbox } = account;
    this.chosen = computed(() => outbox.items.value.filter(isOurs).reduce(laidOver, this.#stored.value ?? {}));
    account.changes.hear((changes) => changes.forEach((change) => this.#hear(change)));
    void this.#load();
  }

  /** Change some of it; with the next connection when there is none. */
  set(fields: SetNotificationsBody): void {
    // No chat has this number: it waits for no chat, and none for it.
    this.#account.outbox.write({ kind: "notifications.set", chat_id: 0, fields });
  }

  async #load(): Promise<void> {
    const row = await this.#account.replica.read((database) => database.get("meta", "notifications"));
    if (row?.name === "notifications") this.#stored.value ??= row.value;
    else await this.#ask();
  }

  /** Of the server: from then on its events say what changes. */
  async #ask(): Promise<void> {
    const { http, replica } = this.#account;
    try {
      const value = await http.get<NotifySettings>("/users/me/notifications");
      await replica.write(async (batch) => batch.notifications(value));
    } catch (error) {
      // With the next connection.
      if (!(error instanceof ApiError || error instanceof Unreachable)) throw error;
    }
  }

  #hear(change: Change): void {
    if (change.kind === "notifications") this.#stored.value = change.value;
    const connected = change.kind === "link" && change.state === "live" && this.#stored.peek() === null;
    if (connected || change.kind === "booted") void this.#ask();
  }
}

const made = new WeakMap<Account, Notifications>();

/** The same for the same account. Not in the first load: a list of chats needs none of it. */
export function notificationsOf(account: Account): Notifications {
  let found = made.get(account);
  if (found === undefined) made.set(account, (found = new Notifications(account)));
  return found;
}

function isOurs(item: Item): item is ItemOf<"notifications.set"> {
  return item.kind === "notifications.set" && item.state !== "failed";
}

function laidOver(chosen: NotifySettings, { fields }: ItemOf<"notifications.set">): NotifySettings {
  return { ...chosen, ...fields, causes: { ...chosen.causes, ...fields.causes } };
}
