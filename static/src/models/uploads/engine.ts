// Brings the files of what waits to the server, in the tab that leads: a few at a time, fair among
// chats, each once. A message goes when all its files are there; see `sending.ts`.

import { Backoff } from "../../lib/backoff.ts";
import type { Clock } from "../../lib/clock.ts";
import { ApiError, SignedOut, Unreachable } from "../../lib/errors.ts";
import type { Http } from "../../lib/http.ts";
import type { Transfer } from "../../lib/transfer.ts";
import type { Change } from "../changes.ts";
import type { LocalFile, UploadRow } from "../local-files.ts";
import { failure, type Outbox } from "../outbox.ts";
import type { Replica } from "../replica.ts";
import type { Item } from "../rows.ts";
import { type Blobs, blobsOf } from "./blobs.ts";
import { Requests } from "./requests.ts";
import { filesOf, sweeperOf } from "./sweep.ts";
import { begin, upload, type Uploaded } from "./upload.ts";

export interface UploadsParts {
  outbox: Outbox;
  replica: Replica;
  http: Http;
  clock: Clock;
  transfer: Transfer;
}

const AT_ONCE = 3;
/** A large file leaves room for the small ones behind it. */
const OF_A_CHAT = 2;
/** Tries that bring nothing further, while there is a connection. */
const TRIES = 8;
/** Another tab may be storing them just now. */
const TRIES_TO_READ = 4;
const TOLD_EVERY_MS = 200;
/** What is written behind files waits for them, so that it stays behind them; not for large ones. */
const PATIENCE_MS = 10_000;
const QUICK_BYTES = 8 * 1024 * 1024;
/** The server keeps a file without a message for a day; one that is not found and younger is not missed. */
const SURELY_KEPT_MS = 60 * 60_000;
/** What one message may have. */
const FILES_A_MESSAGE = 500;

interface Running {
  order: number;
  chat_id: number;
  abort: AbortController;
  toldAt: number;
}

interface Trouble {
  tries: number;
  /** What had gone by then. */
  sent: number;
  until: number;
}

export class Uploads {
  readonly #parts: UploadsParts;
  readonly #blobs: Blobs;
  readonly #backoff = new Backoff();
  // State: what is known of each upload, which run, which have to wait, when a message's first began.
  readonly #rows = new Map<string, UploadRow>();
  readonly #running = new Map<string, Running>();
  readonly #troubles = new Map<string, Trouble>();
  readonly #begun = new Map<number, number>();
  readonly #sent = new Map<string, number>();
  #loaded: Promise<void> | null = null;
  #ready = false;
  #live = false;
  readonly #deafen: () => void;
  /** Called when a message may go that could not before. */
  onReady: () => void = () => {};

  constructor(parts: UploadsParts) {
    this.#parts = parts;
    this.#blobs = blobsOf(parts.replica);
    this.#deafen = parts.replica.changes.hear((changes) => changes.forEach((change) => this.#hear(change)));
  }

  /** Whether there is a connection. What runs goes on without: it may have one of its own. */
  set live(live: boolean) {
    this.#live = live;
    if (!live) return;
    this.#troubles.clear();
    this.#begun.clear();
    this.#loaded ??= this.#load();
  }

  /** Begin what can be begun now. */
  kick(): void {
    if (!this.#live || !this.#ready) return;
    for (const { item, file } of this.#pending()) {
      if (this.#running.size >= AT_ONCE) return;
      if (this.#mayBegin(item, file)) void this.#run(item, file);
    }
  }

  /** How long what was written behind it waits for a write's files; null when it has them all. */
  waits(item: Item): number | null {
    if (!this.#ready) return filesOf(item).length === 0 ? null : Infinity;
    const left = this.#left(item);
    if (left.length === 0) return null;
    const bytes = left.reduce((sum, { id, size }) => sum + size - (this.#sent.get(id) ?? 0), 0);
    if (bytes > QUICK_BYTES) return 0;
    const begun = this.#begun.get(item.order);
    return begun === undefined ? PATIENCE_MS : Math.max(0, begun + PATIENCE_MS - this.#parts.clock.now());
  }

  /** What a write's files have become. */
  fileIds(item: Item): string[] {
    return filesOf(item).flatMap(({ id }) => this.#rows.get(id)?.file_ids ?? []);
  }

  /** The server does not have its files any more; false when it must have them. */
  async forget(item: Item): Promise<boolean> {
    const now = this.#parts.clock.now();
    const old = filesOf(item).filter(({ id }) => now - (this.#rows.get(id)?.at ?? now) > SURELY_KEPT_MS);
    for (const { id } of old) await this.#note({ ...begin(id) });
    return old.length > 0;
  }

  /** End for good: another tab goes on. */
  stop(): void {
    this.#live = false;
    this.#deafen();
    for (const { abort } of this.#running.values()) abort.abort();
  }

  async #load(): Promise<void> {
    const { replica } = this.#parts;
    const rows = await replica.read((database) => database.getAll("uploads"));
    for (const row of rows) this.#rows.set(row.id, row);
    sweeperOf(this.#parts).hear(() => void this.#forgetGone());
    // Also what a tab that is closed has left.
    sweeperOf(this.#parts).soon();
    this.#ready = true;
    this.onReady();
  }

  #left(item: Item): LocalFile[] {
    return filesOf(item).filter(({ id }) => (this.#rows.get(id)?.file_ids ?? null) === null);
  }

  #pending(): { item: Item; file: LocalFile }[] {
    const { outbox, replica } = this.#parts;
    const waiting = outbox.items.peek().filter(({ state, user_id }) => state === "waiting" && user_id === replica.own);
    return waiting.flatMap((item) => this.#left(item).map((file) => ({ item, file })));
  }

  #mayBegin({ chat_id }: Item, { id }: LocalFile): boolean {
    if (this.#running.has(id)) return false;
    if ((this.#troubles.get(id)?.until ?? 0) > this.#parts.clock.now()) return false;
    return [...this.#running.values()].filter((each) => each.chat_id === chat_id).length < OF_A_CHAT;
  }

  async #run(item: Item, file: LocalFile): Promise<void> {
    const { order, chat_id } = item;
    const abort = new AbortController();
    this.#running.set(file.id, { order, chat_id, abort, toldAt: 0 });
    this.#beginPatience(order);
    try {
      await this.#uploaded(item, file, await this.#upload(chat_id, file, abort.signal));
    } catch (error) {
      if (!abort.signal.aborted) this.#refused(item, file, error);
    } finally {
      this.#running.delete(file.id);
      this.onReady();
    }
  }

  #beginPatience(order: number): void {
    const { clock } = this.#parts;
    if (this.#begun.has(order)) return;
    this.#begun.set(order, clock.now());
    clock.after(PATIENCE_MS, () => this.onReady());
  }

  async #upload(chat_id: number, file: LocalFile, signal: AbortSignal): Promise<Uploaded> {
    const { http, transfer } = this.#parts;
    const blob = await this.#blobs.get(file.id);
    if (blob === null) throw new ApiError({ code: "file_gone", message: "Its bytes are not on this device." });
    this.#tell(file, this.#sent.get(file.id) ?? 0);
    const requests = new Requests(http, transfer, signal, (bytes) => this.#tell(file, bytes));
    const row = this.#rows.get(file.id) ?? begin(file.id);
    const begun = (upload_id: string | null): Promise<void> => this.#note({ ...row, upload_id });
    return upload({ requests, chat_id, file, blob, row, begun });
  }

  async #uploaded(item: Item, { id, name }: LocalFile, { file_ids, refused }: Uploaded): Promise<void> {
    const { replica, clock } = this.#parts;
    const { chat_id } = item;
    checkCount(this.fileIds(item).length + file_ids.length);
    const at = clock.now();
    const report = refused.length > 0 ? { id, chat_id, name, taken: file_ids.length, refused, at } : null;
    await this.#note({ ...(this.#rows.get(id) ?? begin(id)), file_ids, at, report });
    this.#backoff.reset();
    this.#troubles.delete(id);
    this.#sent.delete(id);
    replica.changes.publish([{ kind: "uploaded", id, file_ids, report }]);
  }

  async #note(row: UploadRow): Promise<void> {
    this.#rows.set(row.id, row);
    try {
      await this.#parts.replica.read((database) => database.put("uploads", row));
    } catch (error) {
      // No room: this tab knows it.
      console.error(error);
    }
  }

  /** A few times a second: it is shown in every tab. */
  #tell({ id, size }: LocalFile, sent: number): void {
    const running = this.#running.get(id);
    const now = this.#parts.clock.now();
    // A form has a few bytes around its file.
    this.#sent.set(id, Math.min(sent, size));
    if (running === undefined || (sent < size && Math.abs(now - running.toldAt) < TOLD_EVERY_MS)) return;
    running.toldAt = now;
    this.#say(id, Math.min(sent, size), size, false);
  }

  #say(id: string, sent: number, total: number, unpacking: boolean): void {
    this.#parts.replica.changes.publish([{ kind: "upload", id, sent, total, unpacking }]);
  }

  #refused(item: Item, file: LocalFile, error: unknown): void {
    const busy = error instanceof ApiError && PASSES.has(error.code);
    if (error instanceof Unreachable || busy || (error instanceof ApiError && error.passes)) {
      return this.#later(item, file, error);
    }
    this.#setAside(item, file, error);
    if (!(error instanceof ApiError)) throw error;
  }

  #later(item: Item, file: LocalFile, error: Unreachable | ApiError): void {
    const { clock } = this.#parts;
    const sent = this.#sent.get(file.id) ?? 0;
    const before = this.#troubles.get(file.id);
    const tries = before === undefined || sent > before.sent ? 1 : before.tries + 1;
    // That is nothing that it could be given up for.
    const limited = error instanceof SignedOut || (error instanceof ApiError && error.code === "rate_limited");
    const most = error instanceof ApiError && error.code === "file_gone" ? TRIES_TO_READ : TRIES;
    if (tries >= most && this.#live && !limited) {
      this.#troubles.delete(file.id);
      const gone = error instanceof ApiError ? error : new ApiError({ code: "not_taken", message: error.message });
      return this.#setAside(item, file, gone);
    }
    const ms = (error instanceof ApiError ? error.retryAfterMs : null) ?? this.#backoff.next();
    this.#troubles.set(file.id, { tries, sent: Math.max(sent, before?.sent ?? 0), until: clock.now() + ms });
    clock.after(ms, () => this.kick());
  }

  /** Into its person's hands. Of its other files what has arrived stays. */
  #setAside({ order }: Item, { id }: LocalFile, error: unknown): void {
    const said = error instanceof ApiError ? error : new ApiError({ code: "internal", message: String(error) });
    const failed = failure(said);
    this.#parts.outbox.change(order, { ...failed, error: { ...(failed.error as NonNullable<Item["error"]>), file: id } });
  }

  #hear(change: Change): void {
    if (change.kind === "item") this.#keepOnly(change.item.order, change.item);
    if (change.kind === "item.gone") this.#keepOnly(change.order, null);
    if (change.kind !== "unpacking") return;
    const row = [...this.#rows.values()].find(({ upload_id }) => upload_id === change.upload_id);
    if (row !== undefined) this.#say(row.id, change.done, change.total, true);
  }

  /** Give up what a write does not want any more. */
  #keepOnly(order: number, item: Item | null): void {
    const wanted = item === null || item.state === "failed" ? [] : filesOf(item).map(({ id }) => id);
    for (const [id, running] of this.#running) {
      if (running.order === order && !wanted.includes(id)) running.abort.abort();
    }
  }

  /** Have the server forget what has arrived of what nobody needs any more. */
  async #forgetGone(): Promise<void> {
    const { outbox, replica, http, transfer } = this.#parts;
    const held = new Set(await replica.read((database) => database.getAllKeys("uploads")));
    for (const item of outbox.items.peek()) for (const { id } of filesOf(item)) held.add(id);
    for (const { id, upload_id, file_ids } of [...this.#rows.values()]) {
      if (held.has(id)) continue;
      this.#rows.delete(id);
      this.#sent.delete(id);
      if (upload_id === null || file_ids !== null) continue;
      const requests = new Requests(http, transfer, new AbortController().signal, () => {});
      // It is forgotten there after a day all the same.
      await requests.end(upload_id).catch(() => {});
    }
  }
}

function checkCount(count: number): void {
  if (count <= FILES_A_MESSAGE) return;
  throw new ApiError({ code: "too_many_files", message: `A message has up to ${FILES_A_MESSAGE} files.` });
}

/** What another moment may mend, besides what every refusal says of itself. */
const PASSES = new Set(["file_gone", "offset_conflict", "request_timeout", "storage_full"]);
