// The first load: snapshots of all chats, page by page, the last active first. What happens meanwhile
// is followed from the first page on; chats that are still to come hold their events back.

import { Backoff } from "../lib/backoff.ts";
import type { Clock } from "../lib/clock.ts";
import { ApiError, Unreachable } from "../lib/errors.ts";
import type { Http } from "../lib/http.ts";
import { meChanged } from "./apply.ts";
import { DONE_AT_ONCE, type Snapshots, whole } from "./snapshots.ts";
import type { Replica } from "./replica.ts";
import type { Me, Snapshot, Task, User } from "./types.ts";

interface Beginning {
  me: Me | null;
  users: User[] | null;
  tasks: Task[] | null;
  cursors: [number, number][] | null;
  epoch: number;
}

type BootstrapPage = { data: Snapshot[]; next: string | null } & Beginning;

export interface LoadingParts {
  replica: Replica;
  http: Http;
  clock: Clock;
  snapshots: Snapshots;
  filled: (snapshot: Snapshot) => Promise<void>;
}

/** Where the streams stood when the load began. */
export interface Begun {
  cursors: Map<number, number>;
  epoch: number;
}

const PAGE = 50;

export class Loading {
  readonly #parts: LoadingParts;
  readonly #backoff = new Backoff();
  /** Counts the loads: pages of an earlier one are of no use. */
  #load = 0;
  #complete = false;

  constructor(parts: LoadingParts) {
    this.#parts = parts;
  }

  /** Whether all chats are here. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Leave what is still to come. */
  stop(): void {
    this.#load += 1;
  }

  /** Somebody whom an event names and nobody here knows. */
  async person(user_id: number): Promise<void> {
    try {
      const user = await this.#parts.http.get<User>(`/users/${user_id}`);
      await this.#parts.replica.keep({ users: [user] });
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof Unreachable)) throw error;
    }
  }

  async recall(): Promise<void> {
    const row = await this.#parts.replica.read((database) => database.get("meta", "booted"));
    this.#complete = row?.name === "booted" && row.value;
  }

  /**
   * Empty what is held and begin anew. `begun` is called before the first snapshots are put in
   * place, and events may be followed when the promise is kept.
   */
  async start(begun: (at: Begun) => void): Promise<void> {
    this.#complete = false;
    this.#load += 1;
    const first = await this.#page(null);
    await this.#begin(first);
    begun({ cursors: new Map(first.cursors ?? []), epoch: first.epoch });
    for (const snapshot of first.data) await this.#parts.filled(snapshot);
    void this.#goOn(first.next, this.#load);
  }

  async #page(next: string | null): Promise<BootstrapPage> {
    const { http } = this.#parts;
    const query = { limit: PAGE, done: DONE_AT_ONCE, ...(next === null ? {} : { next }) };
    const page = (await http.page<Snapshot, Beginning>("/sync/bootstrap", query)) as BootstrapPage;
    const data: Snapshot[] = [];
    for (const snapshot of page.data) data.push(await whole(http, snapshot));
    return { ...page, data };
  }

  async #begin(first: BootstrapPage): Promise<void> {
    const { replica, snapshots } = this.#parts;
    const cursors = first.cursors ?? [];
    await replica.write(async (batch) => {
      await batch.empty();
      batch.put("meta", "epoch", { name: "epoch", value: first.epoch });
      batch.put("meta", "booted", { name: "booted", value: false });
      if (first.me) await meChanged(batch, first.me);
      for (const user of first.users ?? []) await batch.user(user);
      for (const task of first.tasks ?? []) await batch.task(task);
      for (const [id, seq] of cursors) batch.put("streams", id, { id, seq });
      // First of all: the stores forget what they hold before they hear of what is new.
      batch.sayFirst("booted", { kind: "booted" });
    });
    snapshots.clear();
    for (const [id] of cursors) if (id !== replica.own) snapshots.hold(id);
  }

  async #goOn(next: string | null, load: number): Promise<void> {
    const { replica, snapshots, filled, clock } = this.#parts;
    try {
      while (next !== null) {
        const page = await this.#page(next);
        if (this.#load !== load) return;
        for (const snapshot of page.data) await filled(snapshot);
        next = page.next;
      }
      // What moved while the pages were read may be in none of them.
      snapshots.ask();
      await replica.write(async (batch) => {
        batch.put("meta", "booted", { name: "booted", value: true });
        batch.say("complete", { kind: "complete" });
      });
      this.#complete = true;
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof Unreachable)) throw error;
      // With the next connection all begins anew; as long as there is one, it goes on from here.
      clock.after(this.#backoff.next(), () => {
        if (this.#load === load) void this.#goOn(next, load);
      });
    }
  }
}
