// The chats one is in: the list, each chat's members, pins and marks, and all that is written in them.

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import { ofChat } from "../lib/database.ts";
import type { Http } from "../lib/http.ts";
import type { Change } from "./changes.ts";
import type { Drafts } from "./drafts.ts";
import { type ChatEntry, Entries } from "./entries.ts";
import { Feed } from "./feed.ts";
import { Live } from "./live.ts";
import type { Outbox, Undo } from "./outbox.ts";
import type { People } from "./people.ts";
import type { Replica } from "./replica.ts";
import type { ChatRow } from "./rows.ts";
import { Named, Shelf } from "./shelf.ts";
import type { Chat, Member, MemberRole, Message, NotifyLevel } from "./types.ts";

export type Action =
  | "edit_chat"
  | "members"
  | "columns"
  | "delete_messages"
  | "leave"
  | "delete_chat";

export interface ChatsParts {
  replica: Replica;
  http: Http;
  outbox: Outbox;
  people: People;
  drafts: Drafts;
  now: () => number;
}

export interface Extras {
  reply_to?: number;
  task_id?: number;
  file_ids?: string[];
}

export class Chats {
  readonly #parts: ChatsParts;
  readonly #rows = new Shelf<ChatRow>();
  readonly #ready = signal(false);
  readonly #entries: Entries;
  readonly #feeds: Named<number, Feed>;
  readonly #members: Named<number, Live<Member[]>>;
  readonly #pins: Named<number, Live<Message[]>>;
  readonly #messages: Named<string, Live<Message | null>>;
  readonly list: ReadonlySignal<ChatEntry[]>;
  readonly ready: ReadonlySignal<boolean> = this.#ready;
  /** Unread messages in chats that are not muted. */
  readonly unread: ReadonlySignal<number>;

  constructor(parts: ChatsParts) {
    this.#parts = parts;
    const { replica, http, outbox } = parts;
    this.#entries = new Entries(this.#rows, parts);
    this.list = this.#entries.list;
    this.unread = computed(() =>
      this.list.value.reduce((sum, chat) => sum + (chat.muted ? chat.mentions : chat.unread), 0),
    );
    this.#feeds = new Named(
      (chat_id) => new Feed({ chat_id, replica, http, outbox, row: this.#rows.of(chat_id) }),
    );
    this.#members = new Named((id) => new Live<Member[]>([], () => this.#readMembers(id)));
    this.#pins = new Named((id) => new Live<Message[]>([], () => this.#readPins(id)));
    this.#messages = new Named((name) => new Live<Message | null>(null, () => this.#readOne(name)));
    replica.changes.hear((changes) => this.#hear(changes));
  }

  async load(): Promise<void> {
    const rows = await this.#parts.replica.database.getAll("chats");
    this.#rows.fill(rows.map((row) => [row.id, row]));
    const booted = await this.#parts.replica.database.get("meta", "booted");
    if (rows.length > 0 || booted !== undefined) this.#ready.value = true;
  }

  of(id: number): ReadonlySignal<ChatEntry | null> {
    return this.#entries.of(id);
  }

  row(id: number): ChatRow | null {
    return this.#rows.of(id).value;
  }

  /** The organisation's common chat; guests are not in it. */
  readonly common: ReadonlySignal<ChatRow | null> = computed(
    () => this.#rows.all.value.find((row) => row.chat.kind === "org") ?? null,
  );

  feed(id: number): Feed {
    return this.#feeds.of(id);
  }

  members(id: number): ReadonlySignal<Member[]> {
    return this.#members.of(id).value;
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

  // Writing, through the outbox

  send(id: number, text: string, extras: Extras = {}): void {
    this.#write("message.send", id, { text, ...extras });
    this.#parts.drafts.set(id, "");
  }

  edit(id: number, seq: number, text: string): void {
    this.#write("message.edit", id, { seq, text });
  }

  remove(id: number, seq: number): Undo {
    const fields = { chat_id: id, seq };
    return this.#parts.outbox.writeUndoable({ kind: "message.delete", chat_id: id, fields });
  }

  /** Give a reaction, or take one's own back. */
  async react(id: number, seq: number, emoji: string): Promise<void> {
    const message = await this.#message(id, seq);
    const group = message?.reactions.find((reaction) => reaction.emoji === emoji);
    const given = group?.user_ids.includes(this.#parts.replica.own) ?? false;
    const kinds = ["reaction.add", "reaction.remove"];
    const same = (kind: string, fields: Record<string, unknown>): boolean =>
      kinds.includes(kind) && fields["seq"] === seq && fields["emoji"] === emoji;
    const waiting = this.#parts.outbox.items
      .peek()
      .filter((item) => item.chat_id === id && same(item.kind, item.fields));
    const last = waiting.at(-1);
    // Pressed twice before it was sent: as if never.
    if (last !== undefined && last.state !== "sending") return this.#parts.outbox.discard(last.order);
    const gives = last === undefined ? !given : last.kind === "reaction.remove";
    this.#write(gives ? "reaction.add" : "reaction.remove", id, { seq, emoji });
  }

  pin(id: number, seq: number): void {
    this.#write("message.pin", id, { seq });
  }

  unpin(id: number, seq: number): void {
    this.#write("message.unpin", id, { seq });
  }

  /** Everything up to a message is read; marks only go forward. */
  async markRead(id: number, seq: number): Promise<void> {
    const row = this.#rows.peek(id);
    if (row === null || seq <= row.my.read_seq) return;
    const { replica, outbox } = this.#parts;
    const message = await this.#message(id, seq);
    if (message === undefined || !(await replica.markRead(id, message))) return;
    outbox.write({
      kind: "read.mark",
      chat_id: id,
      fields: { chat_id: id, read_seq: seq },
      quiet: true,
      replaces: (item) => item.kind === "read.mark" && item.chat_id === id,
    });
  }

  setNotify(id: number, level: NotifyLevel, until: string | null = null): void {
    this.#write("notify.set", id, { level, until });
  }

  rename(id: number, title: string): void {
    this.#write("chat.update", id, { title });
  }

  setBoard(id: number, board: boolean): void {
    this.#write("chat.update", id, { board });
  }

  addMembers(id: number, user_ids: number[]): void {
    this.#write("member.add", id, { user_ids });
  }

  setRole(id: number, user_id: number, role: MemberRole): void {
    this.#write("member.update", id, { user_id, role });
  }

  removeMember(id: number, user_id: number): void {
    this.#write("member.remove", id, { user_id });
  }

  leave(id: number): void {
    this.removeMember(id, this.#parts.replica.own);
  }

  // Only with a connection: there is nothing to show before the server has made it

  async create(asked: { title: string; member_ids: number[]; board?: boolean }): Promise<number> {
    const chat = await this.#parts.http.change<Chat>("POST", "/chats", asked, crypto.randomUUID());
    return chat.id;
  }

  /** The direct chat with somebody; with oneself, the notebook. */
  async direct(user_id: number): Promise<number> {
    const { own } = this.#parts.replica;
    const wanted = user_id === own ? [own] : [own, user_id];
    const held = this.#rows.all.peek().find(({ chat }) => {
      const ids = chat.kind === "direct" ? (chat.user_ids ?? []) : [];
      return ids.length === wanted.length && wanted.every((id) => ids.includes(id));
    });
    if (held !== undefined) return held.id;
    const key = crypto.randomUUID();
    const chat = await this.#parts.http.change<Chat>("POST", "/chats/direct", { user_id }, key);
    return chat.id;
  }

  async deleteChat(id: number): Promise<void> {
    await this.#parts.http.change("DELETE", `/chats/${id}`, undefined, crypto.randomUUID());
  }

  #write(kind: string, chat_id: number, fields: Record<string, unknown>): void {
    this.#parts.outbox.write({ kind, chat_id, fields: { chat_id, ...fields } });
  }

  // Reading

  #message(id: number, seq: number): Promise<Message | undefined> {
    return this.#parts.replica.read((database) => database.get("messages", [id, seq]));
  }

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
    const held = await this.#message(id, seq);
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
      else if (change.kind === "chat") put.push([change.row.id, change.row]);
      else if (change.kind === "chat.gone") gone.push(change.id);
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
    this.#ready.value = true;
    for (const live of [...this.#members.made.values(), ...this.#pins.made.values()]) live.reload();
  }
}
