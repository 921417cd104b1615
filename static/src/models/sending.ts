// Sends what the outbox holds, in the tab that leads: one write at a time per chat, in order, with
// patience where it may help, and says what became of each.

import type { Clock } from "../lib/clock.ts";
import { Backoff } from "../lib/backoff.ts";
import { ApiError, SignedOut, Unreachable } from "../lib/errors.ts";
import type { Batch } from "./batch.ts";
import { failure, type Outbox, REFERENCES, uses } from "./outbox.ts";
import { alreadySo, rebased, unseen } from "./rebase.ts";
import type { Replica } from "./replica.ts";
import type { Item } from "./rows.ts";
import type { Column, Task } from "./types.ts";

/** Sends one write; what the answer changes locally. Raises ApiError or Unreachable. */
export type Deliver = (item: Item) => Promise<Delivered>;

export interface Delivered {
  apply: (batch: Batch) => Promise<void>;
  /** The task or column that the server has made or changed. */
  subject?: Task | Column;
}

export interface SendingParts {
  outbox: Outbox;
  replica: Replica;
  deliver: Deliver;
  clock: Clock;
}

const TRIES = 6;

export class Sending {
  readonly #parts: SendingParts;
  readonly #backoff = new Backoff();
  readonly #busy = new Set<number>();
  readonly #paused = new Map<number, number>();
  #live = false;
  #cancelWake: () => void = () => {};

  constructor(parts: SendingParts) {
    this.#parts = parts;
  }

  /** Whether there is a connection to send over. */
  set live(live: boolean) {
    this.#live = live;
    if (live) {
      this.#paused.clear();
      this.kick();
    }
  }

  /** Send what can be sent now. */
  kick(): void {
    if (!this.#live) return;
    const now = this.#parts.clock.now();
    let soonest = Infinity;
    for (const item of this.#ready()) {
      const at = Math.max(item.not_before, this.#paused.get(item.chat_id) ?? 0);
      if (at > now) soonest = Math.min(soonest, at);
      else if (!this.#busy.has(item.chat_id)) void this.#send(item);
    }
    this.#cancelWake();
    if (soonest < Infinity) {
      this.#cancelWake = this.#parts.clock.after(soonest - now, () => this.kick());
    }
  }

  /** The first of each chat, and everything that can still be undone: nothing waits for that. */
  #ready(): Item[] {
    const now = this.#parts.clock.now();
    const lanes = new Set<number>();
    return this.#parts.outbox.items.peek().filter((item) => {
      if (item.state !== "waiting" || this.#unnamed(item)) return false;
      if (item.not_before > now) return true;
      if (lanes.has(item.chat_id)) return false;
      lanes.add(item.chat_id);
      return true;
    });
  }

  /** Whether it is about something that is itself still to be made. */
  #unnamed(item: Item): boolean {
    return REFERENCES.some((name) => Number(item.fields[name] ?? 0) < 0);
  }

  async #send(item: Item): Promise<void> {
    const { outbox, deliver } = this.#parts;
    this.#busy.add(item.chat_id);
    this.#mark({ ...item, state: "sending", tries: item.tries + 1 });
    try {
      await this.#delivered(item, await deliver(item));
      this.#backoff.reset();
    } catch (error) {
      this.#refused({ ...item, tries: item.tries + 1 }, error);
    } finally {
      this.#busy.delete(item.chat_id);
    }
    await outbox.stored();
    this.kick();
  }

  /** For the eye alone: after a restart it is waiting again. */
  #mark(item: Item): void {
    this.#parts.replica.changes.publish([{ kind: "item", item }]);
  }

  async #delivered(item: Item, { apply, subject }: Delivered): Promise<void> {
    const { outbox, replica } = this.#parts;
    const temporary = item.fields["temporary"];
    const follow = subject === undefined ? [] : this.#followers(item, subject);
    await outbox.stored();
    await replica.write(async (batch) => {
      await apply(batch);
      batch.delete("outbox", item.order);
      batch.say(`item ${item.order}`, { kind: "item.gone", order: item.order });
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
    const temporary = item.fields["temporary"];
    return this.#parts.outbox.items.peek().flatMap((later) => {
      if (later.order === item.order || later.state === "sending") return [];
      if (temporary !== undefined && uses(later, temporary))
        return [named(later, temporary, subject)];
      const changed = rebased(later, item, subject);
      return changed === null ? [] : [changed];
    });
  }

  #refused(item: Item, error: unknown): void {
    const { outbox } = this.#parts;
    if (error instanceof SignedOut) return this.#later(item, 0);
    if (error instanceof Unreachable) return this.#later(item, this.#backoff.next());
    if (!(error instanceof ApiError)) {
      outbox.change(
        item.order,
        failure(new ApiError({ code: "internal", message: String(error) })),
      );
      throw error;
    }
    if (error.passes && (error.code !== "internal" || item.tries < TRIES)) {
      return this.#later(item, error.retryAfterMs ?? this.#backoff.next());
    }
    const current = error.details["current"] as Record<string, unknown> | undefined;
    if (error.code === "version_conflict" && current !== undefined) {
      return void this.#conflicting(item, current, error);
    }
    if (item.quiet) return outbox.discard(item.order);
    outbox.change(item.order, { ...failure(error), tries: item.tries });
  }

  #later(item: Item, ms: number): void {
    this.#paused.set(item.chat_id, this.#parts.clock.now() + ms);
    // It may have been given up while it was on its way.
    if (this.#parts.outbox.has(item.order)) this.#mark({ ...item, state: "waiting" });
  }

  async #conflicting(item: Item, current: Record<string, unknown>, error: ApiError): Promise<void> {
    const { outbox, replica } = this.#parts;
    await replica.write(async (batch) => {
      if (item.kind.startsWith("task.")) await batch.task(current as unknown as Task);
      else await batch.column(current as unknown as Column);
    });
    if (alreadySo(item, current)) return outbox.discard(item.order);
    if (unseen(item, current) || item.tries >= TRIES) {
      outbox.change(item.order, { ...failure(error), state: "conflict", current, tries: 0 });
    } else {
      // What one saw is still there; only other fields have changed.
      const fields = { ...item.fields, version: current["version"] };
      outbox.change(item.order, { fields, state: "waiting", tries: item.tries });
    }
  }
}

function named(item: Item, temporary: unknown, subject: Task | Column): Item {
  const fields = { ...item.fields };
  for (const name of REFERENCES) if (fields[name] === temporary) fields[name] = subject.id;
  if ("version" in fields && item.fields["task_id"] === temporary)
    fields["version"] = subject.version;
  return { ...item, fields };
}
