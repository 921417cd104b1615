// Chats whose snapshot is under way: their events are held back until it is there.

import { Backoff } from "../lib/backoff.ts";
import type { Clock } from "../lib/clock.ts";
import { ApiError, Unreachable } from "../lib/errors.ts";
import type { Http } from "../lib/http.ts";
import type { Event, Snapshot, Task } from "./types.ts";

export interface SnapshotsParts {
  http: Http;
  clock: Clock;
  filled: (snapshot: Snapshot) => Promise<void>;
  /** There is no such chat (any more). */
  gone: (chat_id: number) => Promise<void>;
}

const AT_ONCE = 3;
/** Of a column's done cards so many come with a snapshot, the last closed; the others when asked for. */
export const DONE_AT_ONCE = 50;

/**
 * A snapshot with all its tasks: those of a large board come in pages. What changed since its `seq`
 * comes by events as well, and `rev` tells which is newer.
 */
export async function whole(http: Http, snapshot: Snapshot): Promise<Snapshot> {
  const tasks = [...snapshot.tasks];
  let after = snapshot.tasks_next ?? null;
  while (after !== null) {
    const page = await http.page<Task>(`/chats/${snapshot.chat.id}/tasks`, { after, done: DONE_AT_ONCE });
    tasks.push(...page.data);
    after = page.next as number | null;
  }
  return { ...snapshot, tasks, tasks_next: null };
}

export class Snapshots {
  readonly #parts: SnapshotsParts;
  readonly #backoff = new Backoff();
  readonly #held = new Map<number, Event[]>();
  readonly #asked = new Set<number>();

  constructor(parts: SnapshotsParts) {
    this.#parts = parts;
  }

  has(chat_id: number): boolean {
    return this.#held.has(chat_id);
  }

  /** Hold a chat's events from here on. */
  hold(chat_id: number): void {
    if (!this.#held.has(chat_id)) this.#held.set(chat_id, []);
  }

  /** Keep an event back when its chat is being filled; false when it is not. */
  held(event: Event): boolean {
    const events = this.#held.get(event.stream);
    events?.push(event);
    return events !== undefined;
  }

  /** The chat is filled, or there is none: what was held is given back. */
  release(chat_id: number): Event[] {
    const events = this.#held.get(chat_id) ?? [];
    this.#held.delete(chat_id);
    return events;
  }

  clear(): void {
    this.#held.clear();
  }

  /** Ask for the snapshots that nobody has asked for yet, a few at once. */
  ask(): void {
    for (const chat_id of this.#held.keys()) {
      if (this.#asked.size >= AT_ONCE) return;
      if (!this.#asked.has(chat_id)) void this.#fetch(chat_id);
    }
  }

  async #fetch(chat_id: number): Promise<void> {
    this.#asked.add(chat_id);
    let snapshot: Snapshot;
    try {
      const { http } = this.#parts;
      snapshot = await whole(http, await http.get<Snapshot>(`/chats/${chat_id}/snapshot`, { done: DONE_AT_ONCE }));
    } catch (error) {
      return this.#failed(chat_id, error);
    }
    await this.#parts.filled(snapshot);
    this.#asked.delete(chat_id);
    // Still held: the snapshot was of another epoch. Soon all is read anew; asking again is of no use.
    if (!this.has(chat_id)) this.ask();
    this.#backoff.reset();
  }

  async #failed(chat_id: number, error: unknown): Promise<void> {
    this.#asked.delete(chat_id);
    // It stays held, and is asked for again with the next connection.
    if (error instanceof Unreachable) return;
    if (!(error instanceof ApiError)) throw error;
    if (error.code !== "not_found") {
      this.#parts.clock.after(error.retryAfterMs ?? this.#backoff.next(), () => this.ask());
    } else {
      await this.#parts.gone(chat_id);
      this.ask();
    }
  }
}
