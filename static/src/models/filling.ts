// Chats whose snapshot is under way: their events are held back until it is there.

import { ApiError } from "../lib/errors.ts";
import type { Http } from "../lib/http.ts";
import type { Event, Snapshot } from "./types.ts";

const AT_ONCE = 3;

export class Filling {
  readonly #http: Http;
  readonly #filled: (snapshot: Snapshot) => Promise<void>;
  readonly #gone: (chat_id: number) => Promise<void>;
  readonly #held = new Map<number, Event[]>();
  readonly #asked = new Set<number>();

  constructor(
    http: Http,
    filled: (snapshot: Snapshot) => Promise<void>,
    gone: (chat_id: number) => Promise<void>,
  ) {
    this.#http = http;
    this.#filled = filled;
    this.#gone = gone;
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
    try {
      await this.#filled(await this.#http.get<Snapshot>(`/chats/${chat_id}/snapshot`));
    } catch (error) {
      // Unreachable: it stays held, and is asked for again with the next connection.
      if (!(error instanceof ApiError)) return;
      if (error.code === "not_found") await this.#gone(chat_id);
    } finally {
      this.#asked.delete(chat_id);
    }
    this.ask();
  }
}
