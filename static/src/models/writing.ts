// What one does in a chat: each a write for the outbox, shown at once; and the few things that need
// the server's answer first.

import { emojiKey } from "../lib/emoji.ts";
import type { Http } from "../lib/http.ts";
import type { Drafts } from "./drafts.ts";
import type { Outbox, Undo, Write } from "./outbox.ts";
import type { Replica } from "./replica.ts";
import type { RowStore } from "./row-store.ts";
import type { ChatRow } from "./rows.ts";
import type { MemberRole, NotifyLevel } from "./contract.ts";
import type { Chat, Message } from "./types.ts";
import type { Fields, Kind } from "./writes.ts";

export interface WritingParts {
  replica: Replica;
  http: Http;
  outbox: Outbox;
  drafts: Drafts;
}

export interface Extras {
  reply_to?: number;
  task_id?: number;
  file_ids?: string[];
}

export class Writing {
  readonly #parts: WritingParts;
  readonly #rows: RowStore<ChatRow>;

  constructor(rows: RowStore<ChatRow>, parts: WritingParts) {
    this.#parts = parts;
    this.#rows = rows;
  }

  send(id: number, text: string, extras: Extras = {}): void {
    this.#write("message.send", id, { text, ...extras });
    // A comment of a card is written elsewhere: what one was writing in the chat stays.
    if (extras.task_id === undefined) this.#parts.drafts.set(id, "");
  }

  /** `before` is the text as it was when one began to change it. */
  edit(id: number, seq: number, text: string, before?: string): void {
    this.#write("message.edit", id, { seq, text: text.trim() }, before && { text: before });
  }

  remove(id: number, seq: number): Undo {
    const fields = { chat_id: id, seq };
    return this.#parts.outbox.writeUndoable({ kind: "message.delete", chat_id: id, fields });
  }

  /** Give a reaction, or take one's own back. */
  async react(id: number, seq: number, typed: string): Promise<void> {
    const emoji = emojiKey(typed);
    const message = await this.#message(id, seq);
    const group = message?.reactions.find((reaction) => reaction.emoji === emoji);
    const given = group?.user_ids.includes(this.#parts.replica.own) ?? false;
    const waiting = this.#parts.outbox.items
      .peek()
      .filter((item) => item.kind === "reaction.add" || item.kind === "reaction.remove")
      .filter(({ fields }) => fields.chat_id === id && fields.seq === seq && fields.emoji === emoji);
    const last = waiting.at(-1);
    // Pressed twice before it was sent: as if never.
    if (last !== undefined && last.state !== "sending")
      return this.#parts.outbox.discard(last.order);
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

  /** Keep a chat above the others in one's list, or mark it to come back to. */
  setListing(id: number, listing: { pinned?: boolean; unread?: boolean }): void {
    this.#write("listing.set", id, listing);
  }

  /** `before` is the title as it was when one began to change it. */
  rename(id: number, title: string, before?: string): void {
    this.#write("chat.update", id, { title }, before && { title: before });
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

  #write<K extends Kind>(
    kind: K,
    chat_id: number,
    fields: Omit<Fields[K], "chat_id">,
    seen?: Record<string, unknown> | "",
  ): void {
    const asked = { kind, chat_id, fields: { chat_id, ...fields } };
    this.#parts.outbox.write((seen ? { ...asked, seen } : asked) as unknown as Write);
  }

  #message(id: number, seq: number): Promise<Message | undefined> {
    return this.#parts.replica.read((database) => database.get("messages", [id, seq]));
  }
}
