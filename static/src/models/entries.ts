// Chats as a list shows them: with the title that people know, unread, muted, the draft.

import { computed, type ReadonlySignal } from "@preact/signals-core";
import type { Drafts } from "./drafts.ts";
import type { People } from "./people.ts";
import type { Replica } from "./replica.ts";
import type { ChatRow } from "./rows.ts";
import { Named, type Shelf } from "./shelf.ts";
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
}

export interface EntriesParts {
  replica: Replica;
  people: People;
  drafts: Drafts;
  now: () => number;
  /** What the server calls the common chat as long as nobody has named it. */
  commonTitles: readonly string[];
}

interface Made {
  row: ChatRow;
  other: User | null;
  draft: string;
  entry: ChatEntry;
}

export class Entries {
  readonly #parts: EntriesParts;
  readonly #made = new Map<number, Made>();
  readonly #single: Named<number, ReadonlySignal<ChatEntry | null>>;
  readonly list: ReadonlySignal<ChatEntry[]>;

  constructor(rows: Shelf<ChatRow>, parts: EntriesParts) {
    this.#parts = parts;
    this.list = computed(() =>
      rows.all.value
        .map((row) => this.#entry(row))
        .sort((one, other) => (one.active_at < other.active_at ? 1 : -1)),
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
    const draft = drafts.of(row.id).value;
    const made = this.#made.get(row.id);
    if (made?.row === row && made.other === other && made.draft === draft) return made.entry;
    const entry = this.#make(row, other, draft);
    this.#made.set(row.id, { row, other, draft, entry });
    return entry;
  }

  #make(row: ChatRow, other: User | null, draft: string): ChatEntry {
    const { chat, my, last } = row;
    const until = my.muted_until === null ? null : Date.parse(my.muted_until);
    return {
      id: row.id,
      chat,
      my,
      last,
      active_at: last?.created_at ?? my.joined_at,
      title: other?.display_name ?? this.#titleOf(chat),
      other,
      notebook: chat.kind === "direct" && chat.user_ids?.length === 1,
      unread: my.unread,
      mentions: my.mentions,
      muted: my.notify === "none" || (until !== null && until > this.#parts.now()),
      draft: draft === "" ? null : draft,
    };
  }

  #titleOf({ kind, title }: Chat): string {
    const unnamed = kind === "org" && this.#parts.commonTitles.includes(title ?? "");
    return unnamed ? "" : (title ?? "");
  }

  #otherId(chat: Chat): number | null {
    if (chat.kind !== "direct") return null;
    return chat.user_ids?.find((id) => id !== this.#parts.replica.own) ?? null;
  }
}
