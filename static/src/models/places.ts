// Where one stood in each chat when one left it: on this device alone, and still there after a reload.

import type { Clock } from "../lib/clock.ts";
import type { Spot } from "./feed-reading.ts";
import type { Replica } from "./replica.ts";
import type { Stand } from "./rows.ts";
import type { My } from "./types.ts";

/** Where a chat opens; no spot is the end. */
export interface Landing {
  spot: Spot | null;
  stand: Stand | null;
}

/** Who looked something up and comes back so soon comes back to it, whatever is new. */
const FRESH_MS = 10 * 60_000;
const REST_MS = 500;
const NAME = "place ";

export class Places {
  readonly #replica: Replica;
  readonly #clock: Clock;
  readonly #stands = new Map<number, Stand>();
  readonly #resting = new Map<number, () => void>();

  constructor(replica: Replica, clock: Clock) {
    this.#replica = replica;
    this.#clock = clock;
  }

  async load(): Promise<void> {
    const range = IDBKeyRange.bound(NAME, `${NAME}\uffff`);
    for (const row of await this.#replica.database.getAll("meta", range)) {
      if ("stand" in row) this.#stands.set(Number(row.name.slice(NAME.length)), row.stand);
    }
  }

  /** Where one stood; null at the end. */
  of(chat_id: number): Stand | null {
    return this.#stands.get(chat_id) ?? null;
  }

  /** Remember where one stands; null is the end, where nothing is to be remembered. */
  keep(chat_id: number, place: Omit<Stand, "at"> | null): void {
    const held = this.#stands.get(chat_id);
    if (held?.seq === place?.seq && held?.top === place?.top) return;
    if (place === null) this.#stands.delete(chat_id);
    else this.#stands.set(chat_id, { ...place, at: this.#clock.now() });
    this.#resting.get(chat_id)?.();
    this.#resting.set(
      chat_id,
      this.#clock.after(REST_MS, () => void this.#store(chat_id)),
    );
  }

  /** Where a chat opens: at what is unread, else where one stood, else at the end. */
  landing({ chat_id, unread, read_seq, read_n }: My): Landing {
    const stand = this.of(chat_id);
    const back = stand?.read === true && Math.abs(this.#clock.now() - stand.at) < FRESH_MS;
    if (unread > 0 && !back) return { spot: { read_seq, read_n }, stand: null };
    return { spot: stand && { seq: stand.seq }, stand };
  }

  async #store(chat_id: number): Promise<void> {
    this.#resting.delete(chat_id);
    const name = `${NAME}${chat_id}` as const;
    const stand = this.#stands.get(chat_id);
    await this.#replica.read(async (database) => {
      if (stand === undefined) await database.delete("meta", name);
      else await database.put("meta", { name, stand });
    });
  }
}
