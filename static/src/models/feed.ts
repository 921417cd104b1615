// One chat's window on its messages: a run without holes that grows at either end, from local data
// first. Where it begins is the viewer's to say: at the end, at what is not read, at one message.

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import { ApiError, Unreachable } from "../lib/errors.ts";
import type { Http } from "../lib/http.ts";
import type { Change } from "./changes.ts";
import { FeedReading, type Found, PAGE, same, type Spot } from "./feed-reading.ts";
import { holds, LONGEST, merged, shortened } from "./feed-window.ts";
import type { Outbox } from "./outbox.ts";
import { type Shown, showPending, type Waiting, waitingOf } from "./overlays/messages.ts";
import type { Replica } from "./replica.ts";
import type { ChatRow } from "./rows.ts";
import type { Message } from "./types.ts";

export interface FeedParts {
  chat_id: number;
  replica: Replica;
  http: Http;
  outbox: Outbox;
  row: ReadonlySignal<ChatRow | null>;
}

/** Where somebody who looks at the chat wants to be; null is the end. */
export type Where = () => Spot | null;

const END: Where = () => null;

export class Feed {
  readonly #parts: FeedParts;
  readonly #reading: FeedReading;
  readonly #window = signal<Message[]>([]);
  readonly #older = signal(false);
  readonly #newer = signal(false);
  readonly #state = signal<"loading" | "ready" | "failed">("loading");
  readonly #error = signal<ApiError | Unreachable | null>(null);
  #viewers = 0;
  #where = END;
  #begun: Promise<void> = Promise.resolve();
  #deaf: () => void = () => {};
  #warming: Promise<void> | null = null;
  #loading: Promise<void> | null = null;
  /** Counts what made the window anew: what was read for an older one does not fit any more. */
  #turn = 0;

  readonly messages: ReadonlySignal<Shown[]>;
  readonly waiting: ReadonlySignal<Waiting[]>;
  readonly older: ReadonlySignal<boolean> = this.#older;
  readonly newer: ReadonlySignal<boolean> = this.#newer;
  /** The first message that is not in the archive, where the window has both; else null. */
  readonly archive: ReadonlySignal<number | null>;
  readonly state: ReadonlySignal<"loading" | "ready" | "failed"> = this.#state;
  readonly error: ReadonlySignal<ApiError | Unreachable | null> = this.#error;

  constructor(parts: FeedParts) {
    this.#parts = parts;
    const { chat_id, http, outbox, replica } = parts;
    this.#reading = new FeedReading(chat_id, replica, http);
    const pending = computed(() => outbox.items.value.filter((item) => item.chat_id === chat_id));
    this.archive = computed(() => {
      const line = this.#reading.archived.value;
      const [first, next] = [this.#window.value[0], this.#window.value.find(({ seq }) => seq > line)];
      return first !== undefined && next !== undefined && first.seq <= line ? next.seq : null;
    });
    const show = showPending(replica.own);
    this.messages = computed(() => show(this.#window.value, pending.value));
    this.waiting = computed(() => waitingOf(pending.value));
  }

  /** Follow the chat from now on; the result is called when it is left. */
  open(where?: Where): () => void {
    this.#viewers += 1;
    if (this.#viewers === 1) this.#deaf = this.#parts.replica.changes.hear((changes) => this.#hear(changes));
    // Who only follows what is new, beside somebody who reads, does not say where that one is.
    if (where !== undefined) this.#where = where;
    if (where !== undefined || this.#viewers === 1) this.#begun = this.#begin();
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#viewers -= 1;
      if (this.#where === where) this.#where = END;
      if (this.#viewers === 0) this.#deaf();
      // Who stays follows the end.
      else if (this.#where === END && this.#newer.peek()) void this.latest();
    };
  }

  /** Until what one opened the chat for is here, or is known not to be. */
  get begun(): Promise<void> {
    return this.#begun;
  }

  /** Read what is at hand, for whoever is about to open the chat at a spot. */
  warm(spot: Spot | null = null): void {
    if (this.#viewers > 0 || (this.#state.peek() === "ready" && this.#holds(spot))) return;
    this.#warming ??= this.#anew(async () => {
      const local = await this.#local(spot);
      return local.length > 0 ? local : undefined;
    }).finally(() => (this.#warming = null));
  }

  async #begin(): Promise<void> {
    const turn = this.#turn;
    if (this.#warming !== null) await this.#warming;
    // One was led elsewhere meanwhile.
    if (turn !== this.#turn) return;
    const spot = this.#where();
    if (this.#state.peek() === "ready" && this.#holds(spot)) return this.#refresh();
    // Not even for a frame: what is shown from elsewhere would be taken for where one is.
    this.#window.value = [];
    await this.goTo(spot);
  }

  /** Make the window anew where one wants to be; null is the end. */
  async goTo(spot: Spot | null): Promise<void> {
    if (spot === null) return this.latest();
    if (this.#state.peek() === "ready" && this.#holds(spot)) return;
    const turn = this.#turn + 1;
    await this.#anew(() => this.#reading.around(spot, true));
    // Not to be had now, or gone: then what there is.
    if (turn === this.#turn && this.#window.peek().length === 0) await this.latest();
  }

  /** Show the newest messages. */
  latest(): Promise<void> {
    return this.#anew(async () => {
      const local = await this.#local(null);
      if (local.length > 0 || this.#n === 0) return local;
      return this.#reading.fetch({});
    });
  }

  /** Show the messages around one. */
  show(seq: number): Promise<void> {
    return this.#anew(() => this.#reading.around({ seq }, true));
  }

  /** Show the first message from a moment on; null when there is none at all. */
  async showAt(at: string): Promise<Found | null> {
    const found = await this.#reading.at(at);
    if (found === null) return null;
    const held = (): boolean => this.#window.peek().some(({ seq }) => seq === found.seq);
    if (!held()) await this.show(found.seq);
    return held() ? found : null;
  }

  loadOlder(): Promise<void> {
    return this.#extend(async () => {
      const first = this.#window.peek()[0];
      if (first === undefined || !this.#older.peek()) return;
      const local = await this.#reading.upTo(first.n, PAGE);
      const found = local.length > 0 ? local : await this.#reading.fetch({ before_seq: first.seq });
      return () => {
        const window = [...found, ...this.#window.peek()];
        if (window.length > LONGEST) this.#newer.value = true;
        this.#window.value = window.slice(0, LONGEST);
        // Before the oldest that is kept there is nothing, whatever its number.
        this.#older.value = found.length > 0 && (found[0]?.n ?? 1) > 1;
      };
    });
  }

  loadNewer(): Promise<void> {
    return this.#extend(async () => {
      const last = this.#window.peek().at(-1);
      if (last === undefined || !this.#newer.peek()) return;
      const local = await this.#reading.after(last.n, PAGE);
      const found = local.length > 0 ? local : await this.#reading.fetch({ after_seq: last.seq });
      return () => {
        this.#keepTo([...this.#window.peek(), ...found]);
        this.#newer.value = found.length > 0 && this.#isBehind();
      };
    });
  }

  // Reading

  async #local(spot: Spot | null): Promise<Message[]> {
    if (spot === null) return this.#reading.upTo(this.#n + 1, PAGE);
    return this.#reading.around(spot, false);
  }

  /** Make the window anew of what is read; nothing read changes nothing. */
  async #anew(read: () => Promise<Message[] | undefined>): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    if (this.#window.peek().length === 0) this.#state.value = "loading";
    try {
      const found = await read();
      if (turn !== this.#turn || found === undefined) return;
      this.#window.value = found;
      this.#older.value = (found[0]?.n ?? 1) > 1;
      this.#newer.value = this.#isBehind();
      this.#state.value = "ready";
      this.#error.value = null;
    } catch (error) {
      if (turn === this.#turn) this.#fail(error);
    }
  }

  /** One extension at a time; what was read for a window that is gone is dropped. */
  #extend(read: () => Promise<(() => void) | undefined>): Promise<void> {
    this.#loading ??= this.#extended(read).finally(() => (this.#loading = null));
    return this.#loading;
  }

  async #extended(read: () => Promise<(() => void) | undefined>): Promise<void> {
    const turn = this.#turn;
    try {
      const put = await read();
      if (turn !== this.#turn) return;
      put?.();
      this.#error.value = null;
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (!(error instanceof ApiError || error instanceof Unreachable)) throw error;
    this.#error.value = error;
    if (this.#window.peek().length === 0) this.#state.value = "failed";
  }

  #isBehind(): boolean {
    return (this.#window.peek().at(-1)?.n ?? this.#n) < this.#n;
  }

  /** Whether the window begins where one wants to be, or before. */
  #holds(spot: Spot | null): boolean {
    return holds(this.#window.peek(), spot, this.#n, this.#newer.peek());
  }

  get #n(): number {
    return this.#parts.row.peek()?.n ?? 0;
  }

  // Hearing

  /** What came, and what changed, while nobody looked. */
  async #refresh(): Promise<void> {
    const turn = this.#turn;
    const window = this.#window.peek();
    const [first, last] = [window[0], window.at(-1)];
    if (first === undefined || last === undefined) return this.latest();
    const upto = this.#newer.peek() ? last.seq : Infinity;
    const rows = await this.#reading.between(first.seq, upto, LONGEST + 1);
    if (turn !== this.#turn) return;
    const whole = rows.every((row, index) => row.n === first.n + index);
    if (!whole || rows.length > LONGEST) return this.#again();
    if (!same(rows, this.#window.peek())) this.#window.value = rows;
    this.#newer.value = this.#isBehind();
  }

  /** What is held is wrong by now. */
  #again(): Promise<void> {
    this.#window.value = [];
    return this.goTo(this.#where());
  }

  #hear(changes: Change[]): void {
    const { chat_id } = this.#parts;
    const fresh: Message[] = [];
    for (const change of changes) {
      const anew = change.kind === "messages.anew" && change.chat_id === chat_id;
      if (change.kind === "booted" || anew) void this.#again();
      else if (change.kind === "message" && change.message.chat_id === chat_id) {
        fresh.push(change.message);
      }
    }
    if (fresh.length > 0 && this.#state.peek() === "ready") this.#put(fresh);
  }

  #put(fresh: Message[]): void {
    const { window, behind } = merged(this.#window.peek(), fresh, this.#newer.peek());
    this.#keepTo(window);
    if (!behind) return;
    this.#newer.value = true;
    void (window.length === 0 ? this.latest() : this.loadNewer());
  }

  /** The window, let go of at the end where nobody is. */
  #keepTo(window: Message[]): void {
    const kept = shortened(window, this.#where());
    if (kept.older) this.#older.value = true;
    if (kept.newer) this.#newer.value = true;
    this.#window.value = kept.window;
  }
}
