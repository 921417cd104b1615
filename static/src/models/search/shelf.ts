// Where the index of what is held on this device is kept between two visits: a database of its own, which
// can be lost at any time and is then made anew from the messages.

import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Segment } from "../../lib/search/segment.ts";

/** One chat: what of it is in the index. */
export interface Unit {
  chat_id: number;
  /** Where its log stood, and how many of its messages were held. */
  seq: number;
  count: number;
  segments: Segment[];
}

interface Schema extends DBSchema {
  chats: { key: number; value: Unit };
}

/** Another form of what is kept is another number: what there was is dropped. */
const VERSION = 1;

export class Shelf {
  #database: IDBPDatabase<Schema> | null;

  private constructor(database: IDBPDatabase<Schema> | null) {
    this.#database = database;
  }

  /** Without room, or where the browser keeps nothing, nothing is kept. */
  static async open(name: string): Promise<Shelf> {
    try {
      const database = await openDB<Schema>(name, VERSION, {
        upgrade: (made) => {
          for (const store of made.objectStoreNames) made.deleteObjectStore(store);
          made.createObjectStore("chats", { keyPath: "chat_id" });
        },
        blocking: (_current, _blocked, event) => (event.target as unknown as IDBDatabase).close(),
      });
      return new Shelf(database);
    } catch {
      return new Shelf(null);
    }
  }

  async all(): Promise<Unit[]> {
    return (await this.#do((database) => database.getAll("chats"))) ?? [];
  }

  async put(unit: Unit): Promise<void> {
    await this.#do((database) => database.put("chats", unit));
  }

  async remove(chat_id: number): Promise<void> {
    await this.#do((database) => database.delete("chats", chat_id));
  }

  close(): void {
    this.#database?.close();
    this.#database = null;
  }

  async #do<T>(work: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T | null> {
    if (this.#database === null) return null;
    try {
      return await work(this.#database);
    } catch {
      // No room, or wiped by another tab: the index goes on in memory.
      this.close();
      return null;
    }
  }
}
