// The index of what is held on this device: for each chat the pieces made so far, brought up to date from the
// local database. Runs in a worker; a test runs it as it is.

import type { IDBPDatabase } from "idb";
import { type Doc, type Segment, segmentOf } from "../../lib/search/segment.ts";
import { ofChat, type Schema } from "../database.ts";
import type { Message } from "../types.ts";
import type { Shelf, Unit } from "./shelf.ts";

/** So many texts in a piece: between two of them questions are answered. */
const PIECE = 2000;
/** Of a chat so much is kept beside its pieces at the most. */
const MOST_NOTED = 500;
/** With so many pieces of a chat, made at as many visits, they are made anew. */
const MOST_PIECES = 8;

export class Units {
  readonly #database: IDBPDatabase<Schema>;
  readonly #shelf: Shelf;
  readonly #units = new Map<number, Unit>();
  #reading: Promise<void> = Promise.resolve();
  /** What was noted since a chat was read, and a piece of the index made of it when it was asked for. */
  readonly #fresh = new Map<number, Map<number, Message>>();
  readonly #noted = new Map<number, Segment>();
  #loaded = false;
  /** Whether all that is held was read once. */
  whole = false;

  constructor(database: IDBPDatabase<Schema>, shelf: Shelf) {
    this.#database = database;
    this.#shelf = shelf;
  }

  get chats(): number[] {
    return [...new Set([...this.#units.keys(), ...this.#fresh.keys()])];
  }

  /** Read all that has come or changed since the last time, the chats that were active last first. */
  refresh(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#refresh());
    return this.#reading;
  }

  /** These have come or changed just now. */
  note(messages: readonly Message[]): void {
    for (const message of messages) {
      const fresh = this.#fresh.get(message.chat_id) ?? new Map<number, Message>();
      this.#fresh.set(message.chat_id, fresh.set(message.seq, message));
      this.#noted.delete(message.chat_id);
      if (fresh.size === MOST_NOTED) void this.#settle(message.chat_id, fresh);
    }
  }

  /** Put what was noted of a chat into its pieces. */
  #settle(chat_id: number, fresh: Map<number, Message>): Promise<void> {
    this.#reading = this.#reading.then(async () => {
      const settled = [...fresh.values()];
      await this.#update(chat_id);
      for (const message of settled) if (fresh.get(message.seq) === message) fresh.delete(message.seq);
      this.#noted.delete(chat_id);
    });
    return this.#reading;
  }

  /** The pieces of one chat; what was noted is the last of them. */
  segmentsOf(chat_id: number): Segment[] {
    const segments = this.#units.get(chat_id)?.segments ?? [];
    const fresh = this.#fresh.get(chat_id);
    if (fresh === undefined) return segments;
    let noted = this.#noted.get(chat_id);
    if (noted === undefined) {
      const present = [...fresh.values()].filter(({ deleted_at }) => deleted_at === null);
      this.#noted.set(chat_id, (noted = segmentOf(present.map(docOf))));
    }
    return [...segments, noted];
  }

  /** Read a chat anew, or drop it. */
  async forget(chat_id: number): Promise<void> {
    this.#drop(chat_id);
    await this.#shelf.remove(chat_id);
    const reading = this.#reading.then(() => this.#update(chat_id));
    this.#reading = reading;
    await reading;
  }

  #drop(chat_id: number): void {
    this.#units.delete(chat_id);
    this.#fresh.delete(chat_id);
    this.#noted.delete(chat_id);
  }

  async #refresh(): Promise<void> {
    if (!this.#loaded) for (const unit of await this.#shelf.all()) this.#units.set(unit.chat_id, unit);
    this.#loaded = true;
    const chats = await this.#database.getAll("chats");
    const latest = (row: (typeof chats)[number]): string => row.last?.created_at ?? "";
    chats.sort((one, other) => (latest(one) < latest(other) ? 1 : -1));
    const held = new Set(chats.map(({ id }) => id));
    for (const id of [...this.#units.keys()]) {
      if (held.has(id)) continue;
      this.#drop(id);
      await this.#shelf.remove(id);
    }
    for (const { id } of chats) await this.#update(id);
    this.whole = true;
  }

  async #update(chat_id: number): Promise<void> {
    const tx = this.#database.transaction(["streams", "messages"]);
    const seq = (await tx.objectStore("streams").get(chat_id))?.seq ?? 0;
    const count = await tx.objectStore("messages").count(ofChat(chat_id));
    const unit = this.#units.get(chat_id);
    if (unit?.seq === seq && unit.count === count) return;
    const rows = await tx.objectStore("messages").getAll(ofChat(chat_id));
    await this.#take({ chat_id, seq, count, segments: unit?.segments ?? [] }, rows);
  }

  /** Add what is new or has changed; begin anew where that is much of it. */
  async #take(unit: Unit, rows: Message[]): Promise<void> {
    const known = new Map<number, number>();
    for (const { ids, revs } of unit.segments) {
      for (const [place, id] of ids.entries()) known.set(id, revs[place] ?? 0);
    }
    const present = rows.filter((row) => row.deleted_at === null);
    const fresh = present.filter((row) => known.get(row.seq) !== row.rev);
    const anew = fresh.length * 2 > present.length || unit.segments.length >= MOST_PIECES + present.length / PIECE;
    const segments = anew ? [] : [...unit.segments];
    const docs = (anew ? present : fresh).map(docOf);
    for (let at = 0; at < docs.length; at += PIECE) {
      segments.push(segmentOf(docs.slice(at, at + PIECE)));
      await breath();
    }
    const made = { ...unit, segments };
    this.#units.set(unit.chat_id, made);
    await this.#shelf.put(made);
  }
}

function docOf(message: Message): Doc {
  const { seq: id, rev, created_at, text } = message;
  return { id, rev, at: Date.parse(created_at), text: `${text}\n${message.files.map(fileText).join("\n")}` };
}

/** What a file is found by. */
export function fileText({ name, folder }: Message["files"][number]): string {
  return `${folder ?? ""} ${name}`;
}

/** Let what waits have its turn. */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
