// Chats as a list shows them: with the title that people know, unread, muted, the draft.

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import type { Drafts } from "./drafts.ts";
import type { People } from "./people.ts";
import type { Clock } from "../lib/clock.ts";
import type { Outbox } from "./outbox.ts";
import type { Replica } from "./replica.ts";
import type { ChatRow, Item, ItemOf } from "./rows.ts";
import { chatWith, isLeft } from "./overlays/chats.ts";
import { withChanges } from "./overlays/messages.ts";
import { Named, type RowStore } from "./row-store.ts";
import type { Chat, Message, My, User } from "./types.ts";

export interface ChatEntry {
  id: number;
  chat: Chat;
  my: My;
  last: Message | null;
  active_at: string;
  /** Empty for the notebook and for the common chat when it has none: views name those. */
  title: string;
  other: User | null;
  notebook: boolean;
  unread: number;
  mentions: number;
  muted: boolean;
  draft: string | null;
  pinned: boolean;
  /** Marked to come back to, with nothing unread in it. */
  marked: boolean;
  /** The last message of one's own that is not stored yet. */
  waiting: ItemOf<"message.send"> | null;
}

export interface EntriesParts {
  replica: Replica;
  people: People;
  drafts: Drafts;
  outbox: Outbox;
  clock: Clock;
  /** What the server calls the common chat as long as nobody has named it. */
  commonTitles: readonly string[];
}

interface Made {
  row: ChatRow;
  other: User | null;
  /** What they are called in the list. */
  named: string | null;
  draft: string;
  items: Item[];
  entry: ChatEntry;
}

export class Entries {
  readonly #parts: EntriesParts;
  readonly #made = new Map<number, Made>();
  /** Counts the mutings that have run out. */
  readonly #unmuted = signal(0);
  readonly #ending = new Map<number, { until: number; forget: () => void }>();
  readonly #pending: ReadonlySignal<Map<number, Item[]>>;
  readonly #single: Named<number, ReadonlySignal<ChatEntry | null>>;
  readonly list: ReadonlySignal<ChatEntry[]>;

  constructor(rows: RowStore<ChatRow>, parts: EntriesParts) {
    this.#parts = parts;
    this.list = computed(() =>
      rows.all.value
        .filter(({ id }) => !isLeft(this.#pending.value.get(id) ?? NONE, parts.replica.own))
        .map((row) => this.#entry(row))
        .sort(byPlace),
    );
    this.#pending = computed(() =>
      Map.groupBy(
        parts.outbox.items.value.filter(({ kind }) => SHOWN.has(kind)),
        ({ chat_id }) => chat_id,
      ),
    );
    this.#single = new Named((id) =>
      computed(() => {
        const row = rows.of(id).value;
        return row === null ? null : this.#entry(row);
      }),
    );
  }

  of(id: number): ReadonlySignal<ChatEntry | null> {
    return this.#single.of(id);
  }

  /** The same object as long as nothing in it has changed: views compare by identity. */
  #entry(row: ChatRow): ChatEntry {
    const { people, drafts } = this.#parts;
    const otherId = this.#otherId(row.chat);
    const other = otherId === null ? null : people.of(otherId).value;
    const draft = drafts.listed(row.id).value;
    const items = this.#pending.value.get(row.id) ?? NONE;
    void this.#unmuted.value;
    const made = this.#made.get(row.id);
    const named = other === null ? null : people.nameOf(other);
    const same = made?.row === row && made.other === other && made.named === named && made.draft === draft;
    if (same && sameItems(made.items, items) && made.entry.muted === this.#isMuted(made.entry.my)) return made.entry;
    const entry = this.#make(row, other, named, draft, items);
    this.#made.set(row.id, { row, other, named, draft, items, entry });
    return entry;
  }

  #make(row: ChatRow, other: User | null, named: string | null, draft: string, items: Item[]): ChatEntry {
    const { own } = this.#parts.replica;
    const last = row.last && withChanges(own, row.last, items);
    const chat = chatWith(row.chat, items);
    const my = items.reduce(laidOver, row.my);
    const waiting = items.findLast((item) => item.kind === "message.send") ?? null;
    const said = last?.created_at ?? my.joined_at;
    const written = waiting === null ? "" : new Date(waiting.at).toISOString();
    return {
      id: row.id,
      chat,
      my,
      last,
      active_at: written > said ? written : said,
      title: named ?? this.#titleOf(chat),
      other,
      notebook: chat.kind === "direct" && chat.user_ids?.length === 1,
      unread: my.unread,
      mentions: my.mentions,
      muted: this.#isMuted(my),
      draft: draft === "" ? null : draft,
      pinned: my.pinned_at !== null,
      marked: my.marked_unread && my.unread === 0,
      waiting,
    };
  }

  #titleOf({ kind, title }: Chat): string {
    const unnamed = kind === "org" && this.#parts.commonTitles.includes(title ?? "");
    return unnamed ? "" : (title ?? "");
  }

  /** Whether nothing is to be told of it now; looked at again when the time is over. */
  #isMuted({ chat_id, notify, muted_until }: My): boolean {
    if (notify === "none") return true;
    const until = muted_until === null ? 0 : Date.parse(muted_until);
    const left = until - this.#parts.clock.now();
    if (left <= 0) return false;
    if (this.#ending.get(chat_id)?.until !== until) this.#endMuting(chat_id, until, left);
    return true;
  }

  #endMuting(chat_id: number, until: number, left: number): void {
    this.#ending.get(chat_id)?.forget();
    const over = (): void => {
      this.#ending.delete(chat_id);
      this.#unmuted.value += 1;
    };
    const forget = this.#parts.clock.after(Math.min(left, LONGEST_TIMER_MS), over);
    this.#ending.set(chat_id, { until, forget });
  }

  #otherId(chat: Chat): number | null {
    if (chat.kind !== "direct") return null;
    return chat.user_ids?.find((id) => id !== this.#parts.replica.own) ?? null;
  }
}

/** Writes on their way that a list shows. */
const SHOWN = new Set([
  ...["message.send", "message.edit", "message.delete"],
  ...["notify.set", "listing.set", "chat.update", "member.remove"],
]);
const NONE: Item[] = [];
/** Timers of browsers hold no more than 24 days. */
const LONGEST_TIMER_MS = 86_400_000;

function sameItems(one: Item[], other: Item[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}

function laidOver(my: My, { kind, fields, at, state }: Item): My {
  if (state === "failed") return my;
  if (kind === "notify.set") {
    return { ...my, notify: fields.level, muted_until: fields.until ?? null };
  }
  if (kind !== "listing.set") return my;
  const pinned = fields.pinned ?? my.pinned_at !== null;
  const pinned_at = pinned ? (my.pinned_at ?? new Date(at).toISOString()) : null;
  return { ...my, pinned_at, marked_unread: fields.unread ?? my.marked_unread };
}

/** Pinned ones first, the latest pin above; then the last active. */
function byPlace(one: ChatEntry, other: ChatEntry): number {
  const [pin, otherPin] = [one.my.pinned_at ?? "", other.my.pinned_at ?? ""];
  if (pin !== otherPin) return pin < otherPin ? 1 : -1;
  return one.active_at < other.active_at ? 1 : -1;
}
