// The chats one is in: the list, each chat's members, pins and marks. What one writes in them is in
// writing.ts.

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import type { Clock } from "../lib/clock.ts";
import { ofChat } from "./database.ts";
import type { Http } from "../lib/http.ts";
import type { Change } from "./changes.ts";
import type { Drafts } from "./drafts.ts";
import { type ChatEntry, Entries } from "./entries.ts";
import type { FeedParts } from "./feed.ts";
import { Live } from "./live.ts";
import type { Outbox } from "./outbox.ts";
import type { People } from "./people.ts";
import type { Replica } from "./replica.ts";
import type { ChatRow, FormerChat } from "./rows.ts";
import { membersWith } from "./overlays/chats.ts";
import { Named, type RowStore } from "./row-store.ts";
import type { Member, Message } from "./types.ts";

export type Action =
  "edit_chat" | "members" | "columns" | "delete_messages" | "leave" | "delete_chat";

export interface ChatsParts {
  replica: Replica;
  http: Http;
  outbox: Outbox;
  people: People;
  drafts: Drafts;
  clock: Clock;
  commonTitles: readonly string[];
}

export class Chats {
  readonly #parts: ChatsParts;
  readonly #rows: RowStore<ChatRow>;
  readonly #complete = signal(false);
  readonly #former = signal<FormerChat[]>([]);
  readonly #entries: Entries;
  readonly #members: Named<number, Live<Member[]>>;
  readonly #shown: Named<number, ReadonlySignal<Member[]>>;
  readonly #pins: Named<number, Live<Message[]>>;
  readonly #messages: Named<string, Live<Message | null>>;
  readonly list: ReadonlySignal<ChatEntry[]>;
  /** Whether every chat is here: one that is not does not exist, or not for us. */
  readonly complete: ReadonlySignal<boolean> = this.#complete;
  /** Whether there is something to show: the first chats, or that there are none. */
  readonly ready: ReadonlySignal<boolean>;
  /** Unread messages in chats that are not muted. */
  readonly unread: ReadonlySignal<number>;
  /** The organisation's common chat; guests are not in it. */
  readonly common: ReadonlySignal<ChatRow | null>;

  constructor(rows: RowStore<ChatRow>, parts: ChatsParts) {
    this.#rows = rows;
    this.#parts = parts;
    const { replica } = parts;
    this.#entries = new Entries(this.#rows, parts);
    this.list = this.#entries.list;
    this.ready = computed(() => this.#complete.value || this.list.value.length > 0);
    this.unread = computed(() =>
      this.list.value.reduce((sum, chat) => sum + (chat.muted ? chat.mentions : chat.unread), 0),
    );
    this.common = computed(() => rows.all.value.find((row) => row.chat.kind === "org") ?? null);
    this.#members = new Named((id) => new Live<Member[]>([], () => this.#readMembers(id)));
    this.#shown = new Named((id) => {
      const { value } = this.#members.of(id);
      return computed(() => membersWith(id, value.value, parts.outbox.items.value));
    });
    this.#pins = new Named((id) => new Live<Message[]>([], () => this.#readPins(id)));
    this.#messages = new Named((name) => new Live<Message | null>(null, () => this.#readOne(name)));
    replica.changes.hear((changes) => this.#hear(changes));
  }

  async load(): Promise<void> {
    const rows = await this.#parts.replica.database.getAll("chats");
    this.#rows.fill(rows.map((row) => [row.id, row]));
    const booted = await this.#parts.replica.database.get("meta", "booted");
    this.#complete.value = booted?.name === "booted" && booted.value;
    const former = await this.#parts.replica.database.get("meta", "former");
    if (former?.name === "former") this.#former.value = former.value;
  }

  /** A chat one was in and is not any more. */
  former(id: number): FormerChat | null {
    if (this.#rows.of(id).value !== null) return null;
    return this.#former.value.find((chat) => chat.id === id) ?? null;
  }

  of(id: number): ReadonlySignal<ChatEntry | null> {
    return this.#entries.of(id);
  }

  row(id: number): ChatRow | null {
    return this.#rows.of(id).value;
  }

  /** What a chat's feed is made of; `feedOf` makes it. */
  feedParts(chat_id: number): FeedParts {
    const { replica, http, outbox } = this.#parts;
    return { chat_id, replica, http, outbox, row: this.#rows.of(chat_id) };
  }

  members(id: number): ReadonlySignal<Member[]> {
    return this.#shown.of(id);
  }

  pins(id: number): ReadonlySignal<Message[]> {
    return this.#pins.of(id).value;
  }

  /** One message; fetched when it is not here. Null until then, and when there is none. */
  message(id: number, seq: number): ReadonlySignal<Message | null> {
    return this.#messages.of(`${id}/${seq}`).value;
  }

  /** Who has read up to a message, oneself and its author left out. */
  readers(id: number, message: { seq: number; sender_id: number }): number[] {
    const { own } = this.#parts.replica;
    const marks = this.#rows.of(id).value?.marks ?? [];
    const others = marks.filter(([user]) => user !== own && user !== message.sender_id);
    return others.filter(([, read]) => read >= message.seq).map(([user]) => user);
  }

  /** How far a message of one's own has come. */
  status(message: { chat_id: number; seq: number }): "stored" | "received" | "read" {
    const { own } = this.#parts.replica;
    const marks = this.#rows.of(message.chat_id).value?.marks ?? [];
    const others = marks.filter(([user]) => user !== own);
    if (others.some(([, read]) => read >= message.seq)) return "read";
    return others.some(([, , received]) => received >= message.seq) ? "received" : "stored";
  }

  may(id: number, action: Action): boolean {
    const row = this.#rows.of(id).value;
    if (row === null) return false;
    const { kind } = row.chat;
    const leads = row.my.role === "owner" || row.my.role === "admin";
    if (kind === "direct") return action === "columns";
    if (action === "leave") return kind === "group";
    if (action === "delete_chat") return kind === "group" && row.my.role === "owner";
    if (action === "members") return kind === "group" && leads;
    return leads;
  }

  // Reading

  async #readMembers(id: number): Promise<Member[]> {
    const rows = await this.#parts.replica.read((database) =>
      database.getAll("members", ofChat(id)),
    );
    return rows.filter((member) => member.left_at === null);
  }

  async #readPins(id: number): Promise<Message[]> {
    const rows = await this.#parts.replica.read((database) =>
      database.getAllFromIndex("messages", "pins", ofChat(id, "")),
    );
    return rows.filter((message) => message.deleted_at === null).reverse();
  }

  async #readOne(name: string): Promise<Message | null> {
    const { http, replica } = this.#parts;
    const [id = 0, seq = 0] = name.split("/").map(Number);
    const held = await replica.read((database) => database.get("messages", [id, seq]));
    if (held !== undefined) return held;
    try {
      const message = await http.get<Message>(`/chats/${id}/messages/${seq}`);
      await replica.keep({ messages: [message] });
      return message;
    } catch {
      // Not to be had now: shown as missing, and read again when it comes.
      return null;
    }
  }

  #hear(changes: Change[]): void {
    const put: [number, ChatRow][] = [];
    const gone: number[] = [];
    for (const change of changes) {
      if (change.kind === "booted") this.#anew();
      else if (change.kind === "complete") this.#complete.value = true;
      else if (change.kind === "chat") put.push([change.row.id, change.row]);
      else if (change.kind === "chat.gone") gone.push(change.id);
      else if (change.kind === "former") this.#former.value = [...this.#former.peek(), change.chat];
      else if (change.kind === "marks") this.#mark(put, change.chat_id, change.marks);
      else this.#reload(change);
    }
    if (put.length + gone.length > 0) this.#rows.change(put, gone);
  }

  #mark(put: [number, ChatRow][], id: number, marks: ChatRow["marks"]): void {
    const row = put.findLast(([each]) => each === id)?.[1] ?? this.#rows.peek(id);
    if (row !== null) put.push([id, { ...row, marks }]);
  }

  #reload(change: Change): void {
    if (change.kind === "member") this.#members.made.get(change.member.chat_id)?.reload();
    if (change.kind === "members.anew") this.#members.made.get(change.chat_id)?.reload();
    if (change.kind === "messages.anew") this.#pins.made.get(change.chat_id)?.reload();
    if (change.kind !== "message") return;
    const { chat_id, seq } = change.message;
    this.#messages.made.get(`${chat_id}/${seq}`)?.reload();
    const pins = this.#pins.made.get(chat_id);
    const shown = pins?.value.peek().some((message) => message.seq === seq);
    if (change.message.pinned_at !== null || shown) pins?.reload();
  }

  #anew(): void {
    this.#rows.fill([]);
    this.#complete.value = false;
    for (const live of [...this.#members.made.values(), ...this.#pins.made.values()]) live.reload();
  }
}
