// Unfinished messages: kept here right after the frame of every key, and on the server when the hand rests.

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import type { Clock } from "../lib/clock.ts";
import type { Change } from "./changes.ts";
import type { Jots } from "./jots.ts";
import type { Outbox } from "./outbox.ts";
import type { Replica } from "./replica.ts";
import { Named } from "./row-store.ts";

const REST_MS = 1500;
/** What one types is seen first; then it is written down, and shown in the list and in other tabs. */
const KEPT_AFTER_MS = 40;
/** What is longer stays on this device: no server takes a draft so long, and some would hang up. */
const LONGEST = 10_000;

export class Drafts {
  readonly #replica: Replica;
  readonly #outbox: Outbox;
  readonly #jots: Jots;
  readonly #clock: Clock;
  readonly #texts = signal<ReadonlyMap<number, string>>(new Map());
  /** The same, up to what is kept by now. */
  readonly #kept = signal<ReadonlyMap<number, string>>(new Map());
  readonly #keeping = new Map<number, () => void>();
  readonly #resting = new Map<number, () => void>();
  readonly #single = new Named((id: number) => computed(() => this.#texts.value.get(id) ?? ""));
  readonly #listed = new Named((id: number) => computed(() => this.#kept.value.get(id) ?? ""));

  constructor(replica: Replica, outbox: Outbox, jots: Jots, clock: Clock) {
    this.#replica = replica;
    this.#outbox = outbox;
    this.#jots = jots;
    this.#clock = clock;
    replica.changes.hear((changes) => this.#hear(changes));
  }

  async load(): Promise<void> {
    const rows = await this.#replica.database.getAll("drafts");
    this.#texts.value = new Map(rows.map(({ chat_id, text }) => [chat_id, text]));
    this.#kept.value = this.#texts.peek();
    // A tab that was closed in the middle of a word.
    for (const { chat_id, dirty } of rows) if (dirty) void this.#send(chat_id);
    for (const { chat_id, text } of rows) if (this.#jots.has(chat_id, text)) this.set(chat_id, "");
  }

  of(chat_id: number): ReadonlySignal<string> {
    return this.#single.of(chat_id);
  }

  /** A moment behind, so that a list has not to be drawn with every key. */
  listed(chat_id: number): ReadonlySignal<string> {
    return this.#listed.of(chat_id);
  }

  set(chat_id: number, text: string): void {
    if ((this.#texts.peek().get(chat_id) ?? "") === text) return;
    this.#texts.value = new Map(this.#texts.peek()).set(chat_id, text);
    // What was sent is no draft any more, not for a moment.
    if (text === "") this.#keep(chat_id);
    else if (!this.#keeping.has(chat_id)) {
      this.#keeping.set(
        chat_id,
        this.#clock.after(KEPT_AFTER_MS, () => this.#keep(chat_id)),
      );
    }
    this.#resting.get(chat_id)?.();
    this.#resting.set(
      chat_id,
      this.#clock.after(REST_MS, () => void this.#send(chat_id)),
    );
  }

  #keep(chat_id: number): void {
    this.#keeping.get(chat_id)?.();
    this.#keeping.delete(chat_id);
    const text = this.#texts.peek().get(chat_id) ?? "";
    this.#kept.value = new Map(this.#kept.peek()).set(chat_id, text);
    this.#replica.changes.elsewhere([{ kind: "draft", chat_id, text }]);
    void this.#replica.read((database) => database.put("drafts", { chat_id, text, dirty: true }));
  }

  async #send(chat_id: number): Promise<void> {
    this.#resting.delete(chat_id);
    const text = this.#texts.peek().get(chat_id) ?? "";
    const row = await this.#replica.read((database) => database.get("chats", chat_id));
    if (text.length > LONGEST) return;
    if ((row?.my.draft ?? "") === text) return this.#settle(chat_id, text);
    this.#outbox.write({
      kind: "draft.set",
      chat_id,
      fields: { text },
      quiet: true,
      replaces: (item) => item.kind === "draft.set" && item.chat_id === chat_id,
    });
  }

  /** The server has just this: what comes from there from now on is newer. */
  async #settle(chat_id: number, text: string): Promise<void> {
    if (this.#texts.peek().get(chat_id) !== text) return;
    await this.#replica.read((database) => database.put("drafts", { chat_id, text, dirty: false }));
  }

  #hear(changes: Change[]): void {
    const drafts = changes.flatMap((change) => (change.kind === "draft" ? [change] : []));
    if (drafts.length === 0) return;
    const [texts, kept] = [new Map(this.#texts.peek()), new Map(this.#kept.peek())];
    for (const { chat_id, text } of drafts) {
      // What is being typed here is newer.
      if (this.#keeping.has(chat_id)) continue;
      texts.set(chat_id, text);
      kept.set(chat_id, text);
    }
    this.#texts.value = texts;
    this.#kept.value = kept;
  }
}
