// One transaction on the local database that reads each row once, remembers what it wrote, and says
// in the end what changed. The only way that what the server says becomes local data.

import type { IDBPTransaction, StoreNames } from "idb";
import { type Database, ofChat, OWN, type Schema, STORES } from "./database.ts";
import type { Change } from "./changes.ts";
import { followUp } from "./follow-up.ts";
import type { ChatRow, FormerChat, Item } from "./rows.ts";
import type { Column, Member, Message, NotifySettings, SavedSearches, Task, User } from "./types.ts";

type Store = StoreNames<Schema>;
type Row<S extends Store> = Schema[S]["value"];
type Transaction = IDBPTransaction<Schema, Store[], "readwrite">;

interface Subject {
  rev: number;
}

/** Names of so many chats that are gone are kept. */
const FORMER = 100;

export class Batch {
  readonly #tx: Transaction;
  readonly #read = new Map<string, unknown>();
  /** What is to be written of each row: of several writes of one the last. */
  readonly #writes = new Map<string, () => Promise<unknown>>();
  readonly #changes = new Map<string, Change>();
  #items: Item[] | null = null;

  constructor(database: Database) {
    this.#tx = database.transaction([...STORES], "readwrite", { durability: "relaxed" });
  }

  get changes(): Change[] {
    return [...this.#changes.values()];
  }

  /** Ask for all writes so far: reads of more than one row do not know of them before. */
  flush(): void {
    for (const write of this.#writes.values()) void write().catch(noted);
    this.#writes.clear();
  }

  done(): Promise<void> {
    this.flush();
    return this.#tx.done;
  }

  abort(): void {
    this.#tx.done.catch(() => {});
    this.#tx.abort();
  }

  /** Say what changed; of the same thing the last word counts. */
  say(name: string, change: Change): void {
    this.#changes.delete(name);
    this.#changes.set(name, change);
  }

  /** The same, before all others. */
  sayFirst(name: string, change: Change): void {
    const others = [...this.#changes];
    this.#changes.clear();
    this.#changes.set(name, change);
    for (const [each, said] of others) this.#changes.set(each, said);
  }

  async get<S extends Store>(store: S, key: Schema[S]["key"]): Promise<Row<S> | undefined> {
    const name = `${store} ${key}`;
    if (this.#read.has(name)) return this.#read.get(name) as Row<S> | undefined;
    const row = await this.#tx.objectStore(store).get(key as never);
    // Two reads of one row may be under way at once; the first to come back may be written already.
    if (!this.#read.has(name)) this.#read.set(name, row);
    return this.#read.get(name) as Row<S> | undefined;
  }

  put<S extends Store>(store: S, key: Schema[S]["key"], row: Row<S>): void {
    const name = `${store} ${key}`;
    this.#read.set(name, row);
    this.#writes.set(name, () => this.#tx.objectStore(store).put(row));
  }

  delete<S extends Store>(store: S, key: Schema[S]["key"]): void {
    const name = `${store} ${key}`;
    this.#read.set(name, undefined);
    this.#writes.set(name, () => this.#tx.objectStore(store).delete(key as never));
  }

  /** Read what is held of several messages of a chat by one request. */
  async readAhead(chat_id: number, seqs: number[]): Promise<void> {
    const range = IDBKeyRange.bound([chat_id, Math.min(...seqs)], [chat_id, Math.max(...seqs)]);
    const rows = await this.#whole("messages").getAll(range);
    const held = new Map(rows.map((row) => [row.seq, row]));
    for (const seq of seqs) {
      const name = `messages ${[chat_id, seq]}`;
      if (!this.#read.has(name)) this.#read.set(name, held.get(seq));
    }
  }

  /** A store to read more than one row of. */
  #whole<S extends Store>(store: S) {
    this.flush();
    return this.#tx.objectStore(store);
  }

  /** Take a message of one's own off the outbox: the server has it. What was done to it since stays. */
  async sent(message: Message): Promise<void> {
    this.#items ??= await this.#whole("outbox").getAll();
    const item = this.#items.find((each) => each.key === message.client_message_id);
    if (item?.kind === "message.send" || item?.kind === "message.unsend") {
      this.follow(item, followUp(item, message));
    }
    // Of several, the first copy says nothing of the others: the answer does.
    if (item?.kind === "message.forward" && item.fields.seqs.length === 1) this.follow(item, null);
  }

  /** Put one write in the place of another, or nothing. */
  follow(item: Item, next: Item | null): void {
    const name = `item ${item.order}`;
    if (next === null) {
      this.delete("outbox", item.order);
      this.say(name, { kind: "item.gone", order: item.order });
    } else {
      this.put("outbox", item.order, next);
      this.say(name, { kind: "item", item: next });
    }
  }

  /** A message of one's own among those held. */
  async ofKey(chat_id: number, key: string): Promise<Message | null> {
    const rows = await this.#whole("messages").getAll(ofChat(chat_id));
    return rows.find((row) => row.client_message_id === key) ?? null;
  }

  async newest(chat_id: number): Promise<Message | null> {
    const index = this.#whole("messages").index("n");
    for (let at = await index.openCursor(ofChat(chat_id), "prev"); at; at = await at.continue()) {
      if (at.value.deleted_at === null) return at.value;
    }
    return null;
  }

  /** How many messages after one number, up to another, mention somebody. */
  async mentions(chat_id: number, after: number, upto: number, user_id: number): Promise<number> {
    const range = IDBKeyRange.bound([chat_id, after], [chat_id, upto], true);
    const rows = await this.#whole("messages").index("n").getAll(range);
    return rows.filter((row) => isMention(row, user_id)).length;
  }

  /** Messages after one number, up to another, that are here, and how many of them were deleted. */
  async held(chat_id: number, after: number, upto: number): Promise<{ all: number; dead: number }> {
    if (after >= upto) return { all: 0, dead: 0 };
    const range = IDBKeyRange.bound([chat_id, after], [chat_id, upto], true);
    const rows = await this.#whole("messages").index("n").getAll(range);
    const seq = (await this.get("streams", chat_id))?.seq ?? 0;
    // A page may have brought one whose event is still to come.
    const dead = rows.filter((row) => row.deleted_at !== null && row.rev <= seq).length;
    return { all: rows.length, dead };
  }

  chatRow(id: number): Promise<ChatRow | undefined> {
    return this.get("chats", id);
  }

  // Subjects: whatever has a higher `rev` than what is held replaces it

  async chat(row: ChatRow): Promise<void> {
    this.put("chats", row.id, row);
    this.say(`chat ${row.id}`, { kind: "chat", row });
  }

  async message(message: Message): Promise<boolean> {
    const key: [number, number] = [message.chat_id, message.seq];
    if (!isNews(await this.get("messages", key), message)) return false;
    this.put("messages", key, message);
    this.say(`message ${key}`, { kind: "message", message });
    return true;
  }

  async member(member: Member): Promise<void> {
    const key: [number, number] = [member.chat_id, member.user_id];
    if (!isNews(await this.get("members", key), member)) return;
    this.put("members", key, member);
    this.say(`member ${key}`, { kind: "member", member });
  }

  async user(user: User): Promise<void> {
    if (!isNews(await this.get("users", user.id), user)) return;
    this.put("users", user.id, user);
    this.say(`user ${user.id}`, { kind: "user", user });
  }

  async task(task: Task): Promise<void> {
    if (!isNews(await this.get("tasks", task.id), task)) return;
    this.put("tasks", task.id, task);
    this.say(`task ${task.id}`, { kind: "task", task });
  }

  notifications(value: NotifySettings): void {
    this.put("meta", "notifications", { name: "notifications", value });
    this.say("notifications", { kind: "notifications", value });
  }

  searches(value: SavedSearches): void {
    this.put("meta", "searches", { name: "searches", value });
    this.say("searches", { kind: "searches", value });
  }

  async column(column: Column): Promise<void> {
    if (!isNews(await this.get("columns", column.id), column)) return;
    this.put("columns", column.id, column);
    this.say(`column ${column.id}`, { kind: "column", column });
  }

  // All of it, and whole chats

  /** Empty everything but what one wrote oneself. */
  async empty(): Promise<void> {
    const emptied = STORES.filter((name) => !(OWN as readonly string[]).includes(name));
    for (const name of emptied) await this.#whole(name).clear();
    this.#read.clear();
    this.#changes.clear();
  }

  /** Drop what is held of a chat but what oneself wrote. */
  async forgetChat(id: number, deleted = false): Promise<void> {
    const row = await this.get("chats", id);
    const title = row?.chat.title ?? "";
    if (row !== undefined) await this.#remember({ id, title, deleted });
    await this.forgetParts(id);
    this.delete("chats", id);
    this.delete("streams", id);
    this.say(`chat ${id}`, { kind: "chat.gone", id });
  }

  /** What a chat was called: what one wrote there and could not send says where that was. */
  async #remember(former: FormerChat): Promise<void> {
    const row = await this.get("meta", "former");
    const others = row?.name === "former" ? row.value.filter(({ id }) => id !== former.id) : [];
    this.put("meta", "former", { name: "former", value: [...others, former].slice(-FORMER) });
    this.say(`former ${former.id}`, { kind: "former", chat: former });
  }

  /** Drop a chat's messages, members, tasks and columns: they may be wrong by now. */
  async forgetParts(id: number): Promise<void> {
    const messages = await this.#whole("messages").getAllKeys(ofChat(id));
    for (const key of messages) this.delete("messages", key);
    const members = await this.#whole("members").getAllKeys(ofChat(id));
    for (const key of members) this.delete("members", key);
    const tasks = await this.#whole("tasks").index("chat").getAllKeys(id);
    for (const key of tasks) {
      this.delete("tasks", key);
      this.say(`task ${key}`, { kind: "task.gone", id: key });
    }
    const columns = await this.#whole("columns").index("chat").getAllKeys(id);
    for (const key of columns) {
      this.delete("columns", key);
      this.say(`column ${key}`, { kind: "column.gone", id: key });
    }
    this.say(`messages ${id}`, { kind: "messages.anew", chat_id: id });
    this.say(`members ${id}`, { kind: "members.anew", chat_id: id });
  }
}

function isNews(held: Subject | undefined, fresh: Subject): boolean {
  return held === undefined || fresh.rev >= held.rev;
}

export function isMention(message: Message, user_id: number): boolean {
  if (message.deleted_at !== null || message.sender_id === user_id) return false;
  return message.mentions_all || message.mentions.includes(user_id);
}

/** A failed write also fails the transaction, which is where it is heard of. */
function noted(): void {}
