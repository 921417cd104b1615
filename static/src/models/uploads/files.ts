// The local files of an account, for views: trays, addresses, progress, and sending a message with
// them. Apart from the account, whose first paint does not wait for it: see `filesOf`.

import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { Clock } from "../../lib/clock.ts";
import type { Account } from "../account.ts";
import type { Change } from "../changes.ts";
import type { Drafts } from "../drafts.ts";
import type { Database } from "../database.ts";
import type { LocalFile, Report } from "../local-files.ts";
import { AGAIN, type Outbox, type Write } from "../outbox.ts";
import type { Replica } from "../replica.ts";
import { Named } from "../row-store.ts";
import type { Item } from "../rows.ts";
import { type Blobs, blobsOf } from "./blobs.ts";
import { filesOf as neededBy, sweeperOf } from "./sweep.ts";
import { type Chosen, type Tray, Trays } from "./trays.ts";
import { LocalUrls } from "./urls.ts";

export interface Progress {
  /** Bytes, or entries of an archive that the server unpacks. */
  sent: number;
  total: number;
  unpacking: boolean;
}

export interface Extras {
  files: LocalFile[];
  reply_to?: number;
  task_id?: number;
  /** The tray that they were in: it is emptied of them. */
  where?: string;
}

interface Parts {
  replica: Replica;
  outbox: Outbox;
  drafts: Drafts;
  clock: Clock;
}

export class LocalFiles {
  readonly #parts: Parts;
  readonly #blobs: Blobs;
  readonly #trays: Trays;
  readonly #noRoom = signal(false);
  readonly #progress = new Named((_id: string) => signal<Progress | null>(null));
  readonly #reports = signal<Report[]>([]);
  readonly #become = new Map<string, string>();
  #writing: Promise<unknown> = Promise.resolve();
  readonly urls: LocalUrls;
  /** Whether the device has no room for files: those chosen are sent while a tab is open. */
  readonly noRoom: ReadonlySignal<boolean> = this.#noRoom;

  /** What was left out of archives, until `seen` says that their person has read it. */
  readonly reports: ReadonlySignal<Report[]> = this.#reports;

  constructor(parts: Parts) {
    const { replica, clock } = parts;
    this.#parts = parts;
    this.#blobs = blobsOf(replica);
    this.#trays = new Trays(replica, this.#blobs);
    this.urls = new LocalUrls(this.#blobs, clock);
    this.#trays.onNoRoom = () => void (this.#noRoom.value = true);
    replica.changes.hear((changes) => changes.forEach((change) => this.#hear(change)));
    sweeperOf(parts).hear((gone) => this.#blobs.forget(gone));
    replica.whenSealed(() => this.urls.close());
    void this.#load();
  }

  /** Whether files are lost when this tab is closed: the device has no room for them. */
  get atRisk(): boolean {
    return this.#noRoom.peek() && this.#blobs.atRisk;
  }

  /** Files that are being put together at a place: a chat's id, or another name. */
  tray(where: number | string): Tray {
    return this.#trays.of(String(where));
  }

  /** Null when they are nowhere any more. */
  bytes(id: string): Promise<Blob | null> {
    return this.#blobs.get(id);
  }

  /** Null before its upload begins, and after. */
  progress(id: string): ReadonlySignal<Progress | null> {
    return this.#progress.of(id);
  }

  /** The file here that one of the server's was made of; null when it was made elsewhere. */
  localOf(file_id: string): string | null {
    return this.#become.get(file_id) ?? null;
  }

  /** Send a message with files that are in a tray or were `chosen` just now. */
  send(chat_id: number, text: string, extras: Extras, chosen: Chosen[] = []): void {
    const { files, where, ...more } = extras;
    for (const { file, blob } of chosen) this.#blobs.hold(file.id, blob);
    this.#write({ kind: "message.send", chat_id, fields: { chat_id, text, ...more, files } }, files, where);
    if (more.task_id === undefined) this.#parts.drafts.set(chat_id, "");
  }

  /** Change a message: its text, which of its files stay (`file_ids`), and which are added. */
  edit(asked: { chat_id: number; seq: number; text: string; file_ids: string[]; before?: string }, extras: Extras): void {
    const { before, ...fields } = asked;
    const { files, where } = extras;
    const seen = before === undefined ? {} : { seen: { text: before } };
    const changed = { ...fields, text: fields.text.trim(), files };
    this.#write({ kind: "message.edit", chat_id: fields.chat_id, fields: changed, ...seen }, files, where);
  }

  /** Attach files that were chosen just now to a task. */
  attach(task: { id: number; chat_id: number }, chosen: Chosen[], cover: boolean): void {
    for (const { file, blob } of chosen) this.#blobs.hold(file.id, blob);
    const files = chosen.map(({ file }) => file);
    this.#write({ kind: "task.attach", chat_id: task.chat_id, fields: { task_id: task.id, files, cover } }, files, undefined);
  }

  /** Take one file out of what waits, and try again. */
  remove(order: number, id: string): void {
    const item = this.#parts.outbox.items.peek().find((each) => each.order === order);
    if (item === undefined || item.state === "sending") return;
    const files = neededBy(item).filter((file) => file.id !== id);
    if (files.length === 0 && item.kind === "task.attach") return this.#parts.outbox.discard(order);
    const fields = { ...item.fields, files };
    // A message of nothing is none.
    if (files.length === 0 && "text" in fields && fields.text === "") this.#parts.outbox.cancel(order);
    else this.#parts.outbox.change(order, { ...AGAIN, fields, edited: item.sent });
  }

  /** Send an archive that cannot be unpacked as it is. It is another file now: what was tried with it is of no use. */
  async sendWhole(order: number, id: string): Promise<void> {
    const { outbox } = this.#parts;
    const blob = await this.#blobs.get(id);
    const item = outbox.items.peek().find((each) => each.order === order);
    if (item === undefined || item.state === "sending" || blob === null) return;
    const fresh = crypto.randomUUID();
    this.#blobs.hold(fresh, blob);
    const files = neededBy(item).map((file) => (file.id === id ? { ...file, id: fresh, unpack: false } : file));
    const changed = { ...item, ...AGAIN, fields: { ...item.fields, files } } as Item;
    outbox.tellAfter([{ kind: "item", item: changed }], (database) => this.#store(database, changed, files));
  }

  /** What was left out of an archive is known now. */
  async seen(id: string): Promise<void> {
    const { replica } = this.#parts;
    replica.changes.publish([{ kind: "report.seen", id }]);
    await replica.read(async (database) => {
      const row = await database.get("uploads", id);
      if (row !== undefined) await database.put("uploads", { ...row, report: null });
    });
  }

  /** Until what was chosen is in the database, or has no room there. */
  async stored(): Promise<void> {
    await Promise.all([this.#trays.stored(), this.#writing]);
    await this.#parts.outbox.stored();
  }

  /** Shown at once; stored with its bytes and without its tray, in one transaction. */
  #write(asked: Write, files: LocalFile[], where: string | undefined): void {
    const { outbox, replica } = this.#parts;
    const item = outbox.made(asked);
    replica.changes.here([{ kind: "item", item }]);
    if (where !== undefined) this.#trays.say(where, this.#trays.files(where).peek().filter((file) => !files.includes(file)));
    // Nothing else waits until a large file is copied; the message may be changed, or gone, by then.
    const written = this.#blobs.settled(files).then(() => {
      const held = outbox.items.peek().find(({ order }) => order === item.order);
      if (held === undefined) return;
      outbox.tellAfter([{ kind: "item", item: held }], (database) =>
        this.#store(database, held, files, where),
      );
    });
    this.#writing = Promise.all([this.#writing, written]);
  }

  async #store(database: Database, item: Item, files: LocalFile[], where?: string): Promise<void> {
    const rows = this.#blobs.unstored(files);
    const tx = database.transaction(["outbox", "blobs", "trays"], "readwrite");
    const [blobs, trays] = [tx.objectStore("blobs"), tx.objectStore("trays")];
    try {
      tx.objectStore("outbox").put(item).catch(noted);
      for (const row of rows) blobs.put(row).catch(noted);
      if (where !== undefined) trays.put({ where, files: this.#trays.files(where).peek() }).catch(noted);
      await tx.done;
      this.#blobs.stored(rows);
    } catch (error) {
      giveUp(tx);
      this.#noRoom.value = true;
      this.#blobs.tell(files, this.#parts.replica.changes);
      throw error;
    }
  }

  async #load(): Promise<void> {
    await this.#trays.load();
    const rows = await this.#parts.replica.read((database) => database.getAll("uploads"));
    for (const { id, file_ids } of rows) this.#becomes(id, file_ids ?? []);
    this.#reports.value = [...rows.flatMap(({ report }) => report ?? []), ...this.#reports.peek()];
  }

  #hear(change: Change): void {
    switch (change.kind) {
      case "upload": {
        const { sent, total, unpacking } = change;
        this.#progress.of(change.id).value = { sent, total, unpacking };
        return;
      }
      case "uploaded":
        this.#progress.of(change.id).value = null;
        if (change.report !== null) this.#reports.value = [...this.#reports.peek(), change.report];
        return this.#becomes(change.id, change.file_ids);
      case "report.seen":
        this.#reports.value = this.#reports.peek().filter(({ id }) => id !== change.id);
        return;
      case "item":
        // It has come to a stand: how far it was says nothing any more.
        if (change.item.state === "failed") for (const { id } of neededBy(change.item)) this.#progress.of(id).value = null;
        return;
    }
  }

  /** Of an archive nothing stands in for its entries. */
  #becomes(id: string, file_ids: string[]): void {
    if (file_ids.length === 1 && file_ids[0] !== undefined) this.#become.set(file_ids[0], id);
  }
}

/** What fails in a transaction fails the transaction, which is where it is heard of. */
function noted(): void {}

/** Nothing of it stands alone; the browser may have given it up already. */
function giveUp(tx: { abort: () => void; done: Promise<void> }): void {
  tx.done.catch(noted);
  try {
    tx.abort();
  } catch {
    // It has.
  }
}

const made = new WeakMap<Account, LocalFiles>();

/** The same for the same account. */
export function filesOf(account: Account): LocalFiles {
  let files = made.get(account);
  if (files === undefined) made.set(account, (files = new LocalFiles(account)));
  return files;
}
