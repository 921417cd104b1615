// The local database of one account: what it holds, and how it is opened and wiped.
// Every other module gets it handed in; nothing of one account is ever in another's.

import { deleteDB, type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { BlobRow, TrayRow, UploadRow } from "./local-files.ts";
import type { ChatRow, Draft, Item, Meta, StreamRow } from "./rows.ts";
import type { Column, Member, Message, Task, User } from "./types.ts";

export interface Schema extends DBSchema {
  streams: { key: number; value: StreamRow };
  chats: { key: number; value: ChatRow };
  members: { key: [number, number]; value: Member };
  messages: {
    key: [number, number];
    value: Message;
    indexes: { n: [number, number]; pins: [number, string]; tasks: number };
  };
  users: { key: number; value: User };
  tasks: { key: number; value: Task; indexes: { chat: number } };
  columns: { key: number; value: Column; indexes: { chat: number } };
  outbox: { key: number; value: Item };
  drafts: { key: number; value: Draft };
  meta: { key: string; value: Meta };
  blobs: { key: string; value: BlobRow };
  uploads: { key: string; value: UploadRow };
  trays: { key: string; value: TrayRow };
}

export type Database = IDBPDatabase<Schema>;

export const STORES = [
  "streams",
  "chats",
  "members",
  "messages",
  "users",
  "tasks",
  "columns",
  "outbox",
  "drafts",
  "meta",
] as const;

/** What is kept of files that are on their way. Apart: copying a large one must not hold up events. */
export const FILES = ["blobs", "uploads", "trays"] as const;

/** What one has written oneself and the server may not have yet. */
export const OWN = ["outbox", "drafts"] as const;

const VERSION = 2;

export function nameOf(user_id: number): string {
  return `messenger-${user_id}`;
}

export async function openDatabase(user_id: number): Promise<Database> {
  const database = await openDB<Schema>(nameOf(user_id), VERSION, {
    upgrade: (made, before) => {
      if (before < 1) create(made);
      if (before < 2) createFiles(made);
    },
    // Another tab wipes or upgrades: it must not wait for this one.
    blocking: (_current, _blocked, event) => (event.target as unknown as IDBDatabase).close(),
  });
  return database;
}

function create(database: Database): void {
  database.createObjectStore("streams", { keyPath: "id" });
  database.createObjectStore("chats", { keyPath: "id" });
  database.createObjectStore("members", { keyPath: ["chat_id", "user_id"] });
  const messages = database.createObjectStore("messages", { keyPath: ["chat_id", "seq"] });
  messages.createIndex("n", ["chat_id", "n"]);
  // A key with null in it is no key: only what is pinned, or belongs to a task, is in these.
  messages.createIndex("pins", ["chat_id", "pinned_at"]);
  messages.createIndex("tasks", "task_id");
  database.createObjectStore("users", { keyPath: "id" });
  database.createObjectStore("tasks", { keyPath: "id" }).createIndex("chat", "chat_id");
  database.createObjectStore("columns", { keyPath: "id" }).createIndex("chat", "chat_id");
  database.createObjectStore("outbox", { keyPath: "order" });
  database.createObjectStore("drafts", { keyPath: "chat_id" });
  database.createObjectStore("meta", { keyPath: "name" });
}

function createFiles(database: Database): void {
  database.createObjectStore("blobs", { keyPath: "id" });
  database.createObjectStore("uploads", { keyPath: "id" });
  database.createObjectStore("trays", { keyPath: "where" });
}

/** Where the search keeps its index of this data. */
export function indexOf(user_id: number): string {
  return `messenger-search-${user_id}`;
}

/** Empty everything. */
export async function wipe(database: Database): Promise<void> {
  const tx = database.transaction([...STORES, ...FILES], "readwrite");
  for (const name of [...STORES, ...FILES]) void tx.objectStore(name).clear();
  await tx.done;
}

/**
 * Leave nothing but what its person wrote and the server does not have; the result is how much that
 * is. What others wrote goes, also where it stands beside one's own words; so does what is sent by
 * itself. The rest is not sent when they come back, but put before them.
 */
export async function keepUnsent(database: Database): Promise<number> {
  const tx = database.transaction([...STORES, ...FILES], "readwrite");
  const [outbox, drafts] = [tx.objectStore("outbox"), tx.objectStore("drafts")];
  const [items, words] = [await outbox.getAll(), await drafts.getAll()];
  for (const name of STORES) void tx.objectStore(name).clear();
  const kept = items.filter(({ quiet }) => !quiet);
  const error = { code: "session_ended", message: "", request_id: null };
  for (const item of kept) {
    void outbox.put({ ...item, state: "failed", error, seen: null, current: null });
  }
  const begun = words.filter(({ dirty, text }) => dirty && text !== "");
  for (const draft of begun) void drafts.put(draft);
  const trays = (await tx.objectStore("trays").getAll()).filter(({ files }) => files.length > 0);
  const named = JSON.stringify([kept, trays]);
  for (const name of ["blobs", "uploads"] as const) {
    const store = tx.objectStore(name);
    for (const id of await store.getAllKeys()) if (!named.includes(id)) void store.delete(id);
  }
  await tx.done;
  return kept.length + begun.length + trays.length;
}

/** The same for somebody who is not here any more. */
export async function removeOthers(user_id: number): Promise<void> {
  const database = await openDatabase(user_id);
  const kept = await keepUnsent(database);
  database.close();
  await deleteDB(indexOf(user_id));
  if (kept === 0) await deleteDB(nameOf(user_id));
}

/** All rows of one chat, in a store whose keys begin with it. */
export function ofChat(chat_id: number, from: number | string = -Infinity): IDBKeyRange {
  return IDBKeyRange.bound([chat_id, from], [chat_id, []]);
}
