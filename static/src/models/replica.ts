// The local copy of what the server holds for one account: every write to it goes through here, in
// one transaction, and is told to the stores of all tabs.

import type { Database } from "./database.ts";
import { mergeMy, moveMark, takeMarks } from "./marks.ts";
import { Batch } from "./batch.ts";
import type { Changes } from "./changes.ts";
import type { MemberMark } from "./contract.ts";
import type { Column, Message, My, Task, User } from "./types.ts";

export class Replica {
  readonly database: Database;
  readonly changes: Changes;
  /** Whose it is. */
  readonly own: number;
  readonly #sealed: (() => void)[] = [];
  #closed = false;

  constructor(database: Database, changes: Changes, own: number) {
    this.database = database;
    this.changes = changes;
    this.own = own;
  }

  /** Nothing is read or written through here any more; what was under way ends without a word. */
  seal(): void {
    this.#closed = true;
    for (const run of this.#sealed) run();
  }

  /** Let go of what is private when the account is closed. */
  whenSealed(run: () => void): void {
    this.#sealed.push(run);
  }

  /** Do some work in one transaction: all of it is kept and told, or nothing. */
  async write<T>(work: (batch: Batch) => Promise<T>): Promise<T> {
    return this.read(async (database) => {
      const batch = new Batch(database);
      let result: T;
      try {
        result = await work(batch);
        batch.flush();
      } catch (error) {
        batch.abort();
        throw error;
      }
      // Told before it is on the disk: what the server said is true either way.
      this.changes.publish(batch.changes);
      await batch.done();
      return result;
    });
  }

  /**
   * Work with the local data. Answers still come in while an account is taken down: whoever waits
   * for them is gone, too, so that they wait for ever instead of failing.
   */
  async read<T>(work: (database: Database) => Promise<T>): Promise<T> {
    if (this.#closed) return new Promise<never>(() => {});
    try {
      return await work(this.database);
    } catch (error) {
      if (this.#closed) return new Promise<never>(() => {});
      throw error;
    }
  }

  /** Keep what a request has brought, where it is newer than what is here. */
  keep(found: {
    messages?: Message[];
    users?: User[];
    tasks?: Task[];
    columns?: Column[];
  }): Promise<void> {
    return this.write(async (batch) => {
      for (const message of found.messages ?? []) await batch.message(message);
      for (const user of found.users ?? []) await batch.user(user);
      for (const task of found.tasks ?? []) await batch.task(task);
      for (const column of found.columns ?? []) await batch.column(column);
    });
  }

  keepMy(my: My, marks: MemberMark[] = []): Promise<void> {
    return this.write(async (batch) => {
      await mergeMy(batch, my, this.own);
      if (marks.length > 0) await takeMarks(batch, my.chat_id, marks);
    });
  }

  /** Everything up to a message is read. False when it was before. */
  markRead(chat_id: number, message: { seq: number; n: number }): Promise<boolean> {
    return this.write(async (batch) => {
      const row = await batch.chatRow(chat_id);
      if (row === undefined || message.seq <= row.my.read_seq) return false;
      const to = { read_seq: message.seq, received_seq: message.seq, read_n: message.n };
      await moveMark(batch, chat_id, to, this.own);
      return true;
    });
  }
}
