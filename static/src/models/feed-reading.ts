// How one chat's messages are read: from local data where the run is whole there, else from the server.
// Messages are numbered by `n` without gaps, so what is missing here shows by itself.

import { signal } from "@preact/signals-core";
import type { Database } from "./database.ts";
import { Unreachable } from "../lib/errors.ts";
import type { Http } from "../lib/http.ts";
import type { Replica } from "./replica.ts";
import type { Message } from "./types.ts";

export const PAGE = 60;

/** Where a window is to be: around one message, or where what is not read begins. */
export type Spot = { seq: number } | { read_seq: number; read_n: number };

/** A message that was looked for by its time; not `exact`: there may be nearer ones elsewhere. */
export interface Found {
  seq: number;
  exact: boolean;
}

interface MessagesPage {
  data: Message[];
  next: number | null;
  oldest_seq: number;
  archived_seq: number;
}

export class FeedReading {
  readonly #chat_id: number;
  readonly #replica: Replica;
  readonly #http: Http;
  /** Up to here it is in the archive, as far as the server was asked. */
  readonly archived = signal(0);

  constructor(chat_id: number, replica: Replica, http: Http) {
    this.#chat_id = chat_id;
    this.#replica = replica;
    this.#http = http;
  }

  /** The messages around a spot; without the server, whatever is here: perhaps nothing. */
  async around(spot: Spot, withServer: boolean): Promise<Message[]> {
    const local = "seq" in spot ? await this.#aroundMessage(spot.seq) : await this.#aroundMark(spot);
    if (local.length > 0 || !withServer) return local;
    return this.fetch({ around_seq: "seq" in spot ? spot.seq : spot.read_seq });
  }

  /** The local run that ends right before a number. */
  async upTo(n: number, limit: number): Promise<Message[]> {
    const rows = await this.#local(n - limit, n - 1);
    let first = rows.length;
    while (first > 0 && rows[first - 1]?.n === n - (rows.length - first) - 1) first -= 1;
    return rows.slice(first);
  }

  /** The local run that begins right after a number. */
  async after(n: number, limit: number): Promise<Message[]> {
    const rows = await this.#local(n + 1, n + limit);
    const end = rows.findIndex((row, index) => row.n !== n + 1 + index);
    return end === -1 ? rows : rows.slice(0, end);
  }

  /** What is held between two messages, or from one on; no more than a limit. */
  between(first: number, last: number, limit: number): Promise<Message[]> {
    const range = IDBKeyRange.bound([this.#chat_id, first], [this.#chat_id, last]);
    return this.#replica.read((database) => database.getAll("messages", range, limit));
  }

  async fetch(query: Record<string, number | string>): Promise<Message[]> {
    const path = `/chats/${this.#chat_id}/messages`;
    const page = (await this.#http.page(path, { ...query, limit: PAGE })) as unknown as MessagesPage;
    this.archived.value = page.archived_seq;
    const [first, last] = [page.data[0], page.data.at(-1)];
    if (first === undefined || last === undefined) return [];
    await this.#replica.keep({ messages: page.data });
    // As they stand here: some may have changed since the page was read.
    return this.between(first.seq, last.seq, PAGE);
  }

  /** The first message from a moment on, or the last before it; without a connection, of those held. */
  async at(at: string): Promise<Found | null> {
    try {
      return found(await this.fetch({ around_time: at }), at, true);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      const range = IDBKeyRange.bound([this.#chat_id], [this.#chat_id, []]);
      const read = (database: Database) => database.getAllFromIndex("messages", "n", range);
      return found(await this.#replica.read(read), at, false);
    }
  }

  async #aroundMessage(seq: number): Promise<Message[]> {
    const wanted = await this.#replica.read((database) =>
      database.get("messages", [this.#chat_id, seq]),
    );
    if (wanted === undefined) return [];
    const older = await this.upTo(wanted.n, PAGE / 2);
    const newer = await this.after(wanted.n, PAGE / 2);
    const lonely = older.length === 0 && newer.length === 0 && wanted.n > 1;
    return lonely ? [] : [...older, wanted, ...newer];
  }

  /** Nothing unless what is unread begins here. */
  async #aroundMark({ read_n }: { read_n: number }): Promise<Message[]> {
    const newer = await this.after(read_n, PAGE / 2);
    return newer.length === 0 ? [] : [...(await this.upTo(read_n + 1, PAGE / 2)), ...newer];
  }

  #local(from: number, upto: number): Promise<Message[]> {
    if (upto < from) return Promise.resolve([]);
    const range = IDBKeyRange.bound([this.#chat_id, from], [this.#chat_id, upto]);
    return this.#replica.read((database) => database.getAllFromIndex("messages", "n", range));
  }
}

function found(rows: Message[], at: string, exact: boolean): Found | null {
  const row = rows.find(({ created_at }) => created_at >= at) ?? rows.at(-1);
  return row === undefined ? null : { seq: row.seq, exact };
}

/** Whether nothing has changed: a message that did has another `rev`. */
export function same(rows: Message[], held: Message[]): boolean {
  return rows.length === held.length && rows.every(({ rev }, index) => rev === held[index]?.rev);
}
