// Sends what the outbox holds, in the tab that leads: one write at a time per chat, in order, with
// patience where it may help, and says what became of each.

import type { Clock } from "../lib/clock.ts";
import { Backoff } from "../lib/backoff.ts";
import { ApiError, Closed, SignedOut, Unreachable } from "../lib/errors.ts";
import type { Batch } from "./batch.ts";
import { isBehind, type Waiting } from "./lanes.ts";
import { failure, type Outbox, REFERENCES, UNDO_MS, uses } from "./outbox.ts";
import { alreadySo, asDecided, named, onTop, rebased, unseen } from "./rebase.ts";
import type { Replica } from "./replica.ts";
import type { Item } from "./rows.ts";
import type { Column, Task } from "./types.ts";
import type { Uploads } from "./uploads/engine.ts";
import { fieldsOf } from "./writes.ts";

/** Sends one write; what the answer changes locally. Raises ApiError or Unreachable. */
export type Deliver = (item: Item) => Promise<Delivered>;

export interface Delivered {
  apply: (batch: Batch) => Promise<void>;
  /** The task or column that the server has made or changed. */
  subject?: Task | Column;
  /** What is to be sent in its place after it. */
  next?: (batch: Batch) => Promise<Item | null>;
}

export interface SendingParts {
  outbox: Outbox;
  replica: Replica;
  deliver: Deliver;
  /** What brings the files of a write to the server before it. */
  uploads: Uploads;
  clock: Clock;
  /** Something was taken: the connection is a good one. */
  onProgress: () => void;
}

const TRIES = 6;
/**
 * When a write is set aside. A close that says what was sent was wrong counts half; one that says
 * nothing counts little: it may be the network. What is suspected is sent alone, so that what was on
 * its way beside it is not blamed.
 */
const SET_ASIDE = 8;
const BLAMED = 4;
const SUSPECTED = 3;

export class Sending {
  readonly #parts: SendingParts;
  readonly #backoff = new Backoff();
  readonly #busy = new Set<number>();
  readonly #going = new Set<number>();
  readonly #paused = new Map<number, { since: number; until: number }>();
  #alone = false;
  #live = false;
  #cancelWake: () => void = () => {};

  constructor(parts: SendingParts) {
    this.#parts = parts;
    parts.uploads.onReady = () => this.kick();
  }

  /** Whether there is a connection to send over. */
  set live(live: boolean) {
    this.#live = live;
    this.#parts.uploads.live = live;
    if (live) {
      this.#paused.clear();
      this.kick();
    }
  }

  /** End for good. */
  stop(): void {
    this.live = false;
    this.#parts.uploads.stop();
  }

  /** Send what can be sent now. */
  kick(): void {
    if (!this.#live) return;
    this.#takeOver();
    this.#parts.uploads.kick();
    let soonest = Infinity;
    for (const item of this.#ready()) {
      const ms = Math.max(this.#heldMs(item), this.#pausedMs(item.chat_id));
      if (ms > 0) soonest = Math.min(soonest, ms);
      else if (this.#free(item)) void this.#send(item);
    }
    this.#cancelWake();
    if (soonest < Infinity) {
      this.#cancelWake = this.#parts.clock.after(soonest, () => this.kick());
    }
  }

  /** What another tab was sending when it was closed: its key makes it safe to send it again. */
  #takeOver(): void {
    for (const { state, order } of this.#parts.outbox.items.peek()) {
      const left = state === "sending" && !this.#going.has(order);
      if (left) this.#parts.outbox.change(order, { state: "waiting", sent: true });
    }
  }

  #free(item: Item): boolean {
    if (this.#alone || this.#busy.has(item.chat_id)) return false;
    return item.blame < SUSPECTED || this.#busy.size === 0;
  }

  /** The first of each chat, and everything that can still be undone: nothing waits for that. */
  #ready(): Item[] {
    const lanes = new Set<number>();
    const waiting: Waiting[] = [];
    const { outbox, replica, uploads } = this.#parts;
    return outbox.items.peek().filter((item) => {
      if (item.user_id !== replica.own) return false;
      if (item.state !== "waiting" || this.#unnamed(item)) return false;
      if (this.#heldMs(item) > 0) return true;
      if (lanes.has(item.chat_id)) return false;
      const ms = uploads.waits(item);
      if (ms !== null) waiting.push({ item, ms });
      if (ms !== null || waiting.some((one) => isBehind(item, one))) return false;
      lanes.add(item.chat_id);
      return true;
    });
  }

  /** How long it can still be undone. More than ever was given means that the clock was wrong. */
  #heldMs({ not_before }: Item): number {
    const ms = not_before - this.#parts.clock.now();
    return ms > UNDO_MS ? 0 : ms;
  }

  #pausedMs(chat_id: number): number {
    const pause = this.#paused.get(chat_id);
    const now = this.#parts.clock.now();
    // A clock that was put back would make a second into an hour.
    return pause === undefined || now < pause.since ? 0 : pause.until - now;
  }

  /** Whether it is about something that is itself still to be made. */
  #unnamed(item: Item): boolean {
    return REFERENCES.some((name) => Number(fieldsOf(item)[name] ?? 0) < 0);
  }

  async #send(waiting: Item): Promise<void> {
    const item = asDecided(waiting);
    const { outbox, deliver, onProgress } = this.#parts;
    const going = { ...item, state: "sending", tries: item.tries + 1 } as const;
    this.#busy.add(item.chat_id);
    this.#going.add(item.order);
    this.#alone = item.blame >= SUSPECTED;
    this.#mark(going);
    try {
      if (await this.#overtaken(going)) return;
      await this.#delivered(going, await deliver(item));
      this.#backoff.reset();
      onProgress();
    } catch (error) {
      // What stands behind it is built on it: it waits until this is settled.
      await this.#refused({ ...going, state: "waiting", sent: true }, error);
    } finally {
      this.#busy.delete(item.chat_id);
      this.#going.delete(item.order);
      this.#alone = false;
      await outbox.stored();
      this.kick();
    }
  }

  /** Of what has no version on the server: whether somebody has changed it meanwhile. */
  async #overtaken(item: Item): Promise<boolean> {
    if (item.seen === null || item.tries > 1) return false;
    const current = await this.#held(item);
    if (current === null || !unseen(item, current) || alreadySo(item, current)) return false;
    const error = new ApiError({ code: "version_conflict", message: "It was changed meanwhile." });
    this.#decide(item, current, error);
    return true;
  }

  async #held({ kind, chat_id, fields }: Item): Promise<Record<string, unknown> | null> {
    const { replica } = this.#parts;
    const found = await replica.read(async (database) => {
      if (kind === "chat.update") return (await database.get("chats", chat_id))?.chat;
      if (kind !== "message.edit") return undefined;
      return database.get("messages", [chat_id, fields.seq]);
    });
    return (found as unknown as Record<string, unknown> | undefined) ?? null;
  }

  /** For the eye alone: after a restart it is waiting again. */
  #mark(item: Item): void {
    this.#parts.replica.changes.publish([{ kind: "item", item }]);
  }

  async #delivered(item: Item, { apply, subject, next }: Delivered): Promise<void> {
    const { outbox, replica } = this.#parts;
    const temporary = fieldsOf(item)["temporary"];
    const follow = subject === undefined ? [] : this.#followers(item, subject);
    await outbox.stored();
    await replica.write(async (batch) => {
      await apply(batch);
      // It may be another by now: changed and stored already, given up, or taken back after that.
      const held = await batch.get("outbox", item.order);
      if (held === undefined || (held.key === item.key && held.kind === item.kind)) {
        batch.follow(item, (await next?.(batch)) ?? null);
      }
      for (const changed of follow) {
        batch.put("outbox", changed.order, changed);
        batch.say(`item ${changed.order}`, { kind: "item", item: changed });
      }
      if (typeof temporary === "number" && subject !== undefined) {
        batch.say(`named ${temporary}`, { kind: "named", temporary, id: subject.id });
      }
    });
  }

  /** Later writes about the same thing, with its number and version as they are now. */
  #followers(item: Item, subject: Task | Column): Item[] {
    const temporary = fieldsOf(item)["temporary"];
    return this.#parts.outbox.items.peek().flatMap((later) => {
      if (later.order === item.order || later.state === "sending") return [];
      if (temporary !== undefined && uses(later, temporary))
        return [named(later, temporary, subject)];
      const changed = rebased(later, item, subject);
      return changed === null ? [] : [changed];
    });
  }

  async #refused(item: Item, error: unknown): Promise<void> {
    if (error instanceof SignedOut) return this.#later(item, 0);
    if (error instanceof Unreachable) return this.#unanswered(item, error);
    if (!(error instanceof ApiError)) {
      this.#setAside(item, new ApiError({ code: "internal", message: String(error) }));
      throw error;
    }
    if (error.passes && (error.code !== "internal" || item.tries < TRIES)) {
      return this.#later(item, error.retryAfterMs ?? this.#backoff.next());
    }
    const current = error.details["current"] as Record<string, unknown> | undefined;
    if (error.code === "version_conflict" && current !== undefined) {
      return this.#conflicting(item, current, error);
    }
    this.#setAside(item, error);
  }

  /** No answer: the network's fault, or that of what was sent; once too often it is the latter's. */
  #unanswered(item: Item, error: Unreachable): void {
    const closed = error instanceof Closed;
    const blame = item.blame + (closed ? weightOf(error) : 0);
    if (blame < SET_ASIDE) return this.#later({ ...item, blame }, this.#backoff.next());
    const large = closed && (error.code === 1009 || error.code === 4413);
    const code = large ? "too_large" : "not_taken";
    this.#setAside({ ...item, blame }, new ApiError({ code, message: error.message }));
  }

  /** Into the person's hands; what stands behind it goes on. */
  #setAside(item: Item, error: ApiError): void {
    const { outbox } = this.#parts;
    if (item.quiet) return outbox.discard(item.order);
    const { tries, blame, sent } = item;
    outbox.change(item.order, { ...failure(error), tries, blame, sent });
  }

  #later(item: Item, ms: number): void {
    const now = this.#parts.clock.now();
    this.#paused.set(item.chat_id, { since: now, until: now + ms });
    const { tries, blame } = item;
    // It may have been given up while it was on its way: then there is nothing to change.
    this.#parts.outbox.change(item.order, { state: "waiting", sent: true, tries, blame });
  }

  async #conflicting(item: Item, current: Record<string, unknown>, error: ApiError): Promise<void> {
    const { outbox, replica } = this.#parts;
    await replica.write(async (batch) => {
      if (item.kind.startsWith("task.")) await batch.task(current as unknown as Task);
      else await batch.column(current as unknown as Column);
    });
    if (unseen(item, current) || item.tries >= TRIES) {
      if (alreadySo(item, current)) return outbox.discard(item.order);
      return this.#decide(item, current, error);
    }
    // What one saw is still there, or both changes can be laid together.
    const laid = onTop(item, current);
    if (alreadySo({ ...item, ...laid } as Item, current)) return outbox.discard(item.order);
    const again = { ...laid, decided: false, current: null, tries: item.tries };
    outbox.change(item.order, { ...again, state: "waiting" });
  }

  #decide(item: Item, current: Record<string, unknown>, error: ApiError): void {
    const { fields, seen } = item;
    const asked = { fields, seen, state: "conflict", decided: false, current, tries: 0 } as const;
    this.#parts.outbox.change(item.order, { ...failure(error), ...asked });
  }
}

function weightOf({ code, blames }: Closed): number {
  return blames ? BLAMED : Number(code === 1005 || code === 1006);
}
