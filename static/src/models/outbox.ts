// Everything a person writes, from the hand's move until the server has it: stored first, sent in
// the order of writing (per chat), each once. What the server refuses is kept for the person to decide.

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import type { Clock } from "../lib/clock.ts";
import type { Database } from "./database.ts";
import { ApiError } from "../lib/errors.ts";
import { wellFormed } from "../lib/text.ts";
import type { Change } from "./changes.ts";
import type { Jots } from "./jots.ts";
import type { Replica } from "./replica.ts";
import type { Item, ItemChange } from "./rows.ts";
import { withWords } from "./words-of.ts";
import { type Fields, fieldsOf, type Kind } from "./writes.ts";

export const UNDO_MS = 8000;

/** UUIDv7 (RFC 9562 §5.7): one sender's keys lie side by side in the server's index, not a page each. */
export function timedKey(now: number): string {
  const time = now.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}

export type Write<K extends Kind = Kind> = { [Each in K]: Asked & { kind: Each; fields: Fields[Each] } }[K];

interface Asked {
  chat_id: number;
  seen?: Record<string, unknown>;
  quiet?: boolean;
  /** Can be undone until so much later. */
  holdMs?: number;
  /** Writes that wait and are made pointless by this one. */
  replaces?: (waiting: Item) => boolean;
}

export interface Undo {
  undo: () => void;
  until: number;
}

export class Outbox {
  readonly #replica: Replica;
  readonly #clock: Clock;
  readonly #jots: Jots;
  readonly #all = signal<ReadonlyMap<number, Item>>(new Map());
  #last = 0;
  /** What another tab was rid of while this one still read what is stored. */
  #gone: Set<number> | null = new Set();
  #storing: Promise<unknown> = Promise.resolve();
  /** Called when something new waits, or waits again. */
  onWaiting: () => void = () => {};

  readonly items: ReadonlySignal<Item[]> = computed(() =>
    [...this.#all.value.values()].sort((one, other) => one.order - other.order),
  );
  readonly shown: ReadonlySignal<Item[]> = computed(() =>
    this.items.value.filter((item) => !item.quiet),
  );
  /** How many will be sent by themselves. */
  readonly waiting: ReadonlySignal<number> = computed(
    () => this.shown.value.filter(({ state }) => state === "waiting" || state === "sending").length,
  );
  readonly failed: ReadonlySignal<Item[]> = computed(() =>
    this.shown.value.filter((item) => item.state === "failed"),
  );
  readonly conflicts: ReadonlySignal<Item[]> = computed(() =>
    this.shown.value.filter((item) => item.state === "conflict"),
  );

  constructor(replica: Replica, clock: Clock, jots: Jots) {
    this.#replica = replica;
    this.#clock = clock;
    this.#jots = jots;
    replica.changes.hear((changes) => this.#hear(changes));
  }

  async load(): Promise<void> {
    const stored = await this.#replica.database.getAll("outbox");
    const there = (items: Item[]): Item[] => items.filter(({ order }) => this.#gone?.has(order) !== true);
    const left = there(this.#jots.left(stored)).flatMap((item) => recalled(item, this.#replica.own));
    const items = [...there(stored).flatMap((item) => recalled(item, this.#replica.own)), ...left];
    for (const { order } of items) this.#last = Math.max(this.#last, order);
    const held = items.map((item) => [item.order, item] as const);
    this.#all.value = new Map([...held, ...this.#all.peek()]);
    this.#gone = null;
    for (const item of left) this.#put(item);
  }

  /** Write something down: shown from now on, sent as soon as can be. */
  write(asked: Write): Item {
    const replaced = asked.replaces ? this.#waitingWhere(asked.replaces) : [];
    const item = this.made(asked, replaced[0]);
    const gone = replaced.map(({ order }) => ({ kind: "item.gone", order }) as const);
    this.#jots.put(item);
    this.tellAfter([...gone, { kind: "item", item }], async (database) => {
      const tx = database.transaction("outbox", "readwrite");
      for (const { order } of replaced) void tx.store.delete(order);
      void tx.store.put(item);
      // Not only when the page has heard of the put: it may be loaded anew before that.
      tx.commit();
      await tx.done;
    });
    return item;
  }

  /** Write, and let it be taken back for a while. */
  writeUndoable(asked: Write): Undo {
    const { order, not_before } = this.write({ ...asked, holdMs: UNDO_MS });
    return { undo: () => this.discard(order), until: not_before };
  }

  retry(order: number): void {
    this.change(order, AGAIN);
  }

  /** Change the words of what is not sent yet, and try again. */
  edit(order: number, text: string): void {
    const item = this.#all.peek().get(order);
    if (item === undefined || item.state === "sending") return;
    const fields = withWords(item, wellFormed(text));
    this.change(order, { ...AGAIN, fields, edited: item.sent });
  }

  /** Give up a message that waits; should the server have it all the same, it is deleted there. */
  cancel(order: number): Undo | null {
    const item = this.#all.peek().get(order);
    if (item === undefined || item.state === "sending") return null;
    const { kind } = item;
    const until = this.#clock.now() + UNDO_MS;
    if (!item.sent || kind !== "message.send") {
      this.discard(order);
      return { undo: () => this.#put(item), until };
    }
    this.change(order, { ...AGAIN, kind: "message.unsend", quiet: true });
    const undo = (): void => {
      // Deleted on the server meanwhile, it is answered under its key for ever: then it is another message.
      const held = this.#all.peek().get(order);
      const waits = held?.kind === "message.unsend" && held.state === "waiting";
      this.#put(waits ? item : { ...item, key: timedKey(this.#clock.now()) });
    };
    return { undo, until };
  }

  /** Give it up; what builds on something that was to be made goes with it. */
  discard(order: number): void {
    const item = this.#all.peek().get(order);
    if (item === undefined) return;
    const made = fieldsOf(item)["temporary"];
    const dropped = [
      item,
      ...(made === undefined ? [] : this.#waitingWhere((one) => uses(one, made))),
    ];
    const changes = dropped.map((one) => ({ kind: "item.gone", order: one.order }) as const);
    this.tellAfter(changes, async (database) => {
      const tx = database.transaction("outbox", "readwrite");
      for (const one of dropped) void tx.store.delete(one.order);
      await tx.done;
    });
  }

  /** Of a conflict: send one's own once more, on top of what is there now, or leave that. */
  resolve(order: number, whose: "mine" | "theirs"): void {
    const item = this.#all.peek().get(order);
    if (item?.state !== "conflict" || item.current === null) return;
    if (whose === "theirs") return this.discard(order);
    this.change(order, { ...AGAIN, decided: true });
  }

  /** Note what has become of a write: here, in the database and in the other tabs. */
  change(order: number, fields: ItemChange): void {
    const item = this.#all.peek().get(order);
    if (item === undefined) return;
    const changed = { ...item, ...fields } as Item;
    this.tellAfter([{ kind: "item", item: changed }], async (database) => {
      const tx = database.transaction("outbox", "readwrite");
      // It may be sent and gone meanwhile; then it must not come back.
      if ((await tx.store.getKey(order)) !== undefined) void tx.store.put(changed);
      await tx.done;
    });
  }

  has(order: number): boolean {
    return this.#all.peek().has(order);
  }

  /** Until everything that was written is in the database. */
  async stored(): Promise<void> {
    await this.#storing;
  }

  #put(item: Item): void {
    this.tellAfter([{ kind: "item", item }], async (database) => {
      await database.put("outbox", item);
    });
  }

  /** Shown here at once; others hear of it when it is stored, for one of them may send it. */
  tellAfter(changes: Change[], store: (database: Database) => Promise<void>): void {
    this.#replica.changes.here(changes);
    this.#storing = this.#storing
      .then(() => this.#replica.read(store))
      .then(
        () => {
          for (const change of changes) if (change.kind === "item") this.#jots.drop(change.item.order);
          this.#replica.changes.elsewhere(changes);
          this.onWaiting();
        },
        (error: unknown) => {
          // A full disk must not keep a message from being sent while the tab is open, whichever tab sends.
          this.#replica.changes.elsewhere(changes);
          this.onWaiting();
          console.error(error);
        },
      );
  }

  #waitingWhere(holds: (item: Item) => boolean): Item[] {
    return this.items.peek().filter((item) => item.state !== "sending" && holds(item));
  }

  /** What is written down, before it is. */
  made(asked: Write, replaced?: Item): Item {
    const now = this.#clock.now();
    // Also where the clock was put back, two tabs do not take the same one.
    this.#last = Math.max(this.#last + 1, now * 1000) + Math.floor(Math.random() * 1000);
    const base = replaced && fieldsOf(replaced)["version"];
    return {
      order: this.#last,
      key: timedKey(now),
      kind: asked.kind,
      user_id: this.#replica.own,
      chat_id: asked.chat_id,
      // The first of several stands for what one saw before all of them.
      fields: wellFormed({ ...asked.fields, ...(base === undefined ? {} : { version: base }) }),
      seen: replaced?.seen ?? asked.seen ?? null,
      state: "waiting",
      tries: 0,
      sent: false,
      edited: false,
      blame: 0,
      decided: false,
      quiet: asked.quiet ?? false,
      not_before: asked.holdMs === undefined ? 0 : now + asked.holdMs,
      at: now,
      error: null,
      current: null,
    } as Item;
  }

  #hear(changes: Change[]): void {
    const items = new Map(this.#all.peek());
    let news = false;
    for (const change of changes) {
      if (change.kind === "item") {
        items.set(change.item.order, change.item);
        // Also after a clock that was ahead: what is written later is sent later.
        this.#last = Math.max(this.#last, change.item.order);
      }
      else if (change.kind === "item.gone") {
        items.delete(change.order);
        this.#jots.drop(change.order);
        this.#gone?.add(change.order);
      }
      else continue;
      news = true;
    }
    if (!news) return;
    this.#all.value = items;
  }
}

/** To be sent as if for the first time. */
export const AGAIN = { state: "waiting", error: null, tries: 0, blame: 0 } as const;

/** What was stored, perhaps by an older client; it may have been on its way. Nobody else's. */
function recalled(stored: Item, own: number): Item[] {
  const { state, user_id = own, edited = false, blame = 0 } = stored as Partial<Item> & Item;
  if (user_id !== own) return [];
  // What was being sent when a tab was closed is sent again: its key makes that safe.
  const waits = state === "sending" ? "waiting" : state;
  return [{ ...stored, state: waits, user_id, edited, blame, sent: true }];
}

export function failure(error: ApiError): ItemChange {
  const { code, message, requestId } = error;
  return { state: "failed", error: { code, message, request_id: requestId } };
}

/** Whether a write is about something that has no number yet. */
export function uses(item: Item, temporary: unknown): boolean {
  return REFERENCES.some((name) => fieldsOf(item)[name] === temporary);
}

/** Fields that name a task or a column. */
export const REFERENCES = ["task_id", "column_id", "before"] as const;

export function pick(from: Record<string, unknown>, names: string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}
