// One chat's window on its messages: a run without holes that grows at either end, from local data
// first. Messages are numbered by `n` without gaps, so what is missing here shows by itself.

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import { ApiError, Unreachable } from "../lib/errors.ts";
import type { Http } from "../lib/http.ts";
import type { Change } from "./changes.ts";
import type { Outbox } from "./outbox.ts";
import { type Shown, showPending, type Waiting, waitingOf } from "./pending.ts";
import type { Replica } from "./replica.ts";
import type { ChatRow } from "./rows.ts";
import type { Message } from "./types.ts";

const PAGE = 60;
/** Beyond so many the far end is let go of: it is local, and read again when wanted. */
const LONGEST = 900;

interface MessagesPage {
  data: Message[];
  next: number | null;
  oldest_seq: number;
}

export interface FeedParts {
  chat_id: number;
  replica: Replica;
  http: Http;
  outbox: Outbox;
  row: ReadonlySignal<ChatRow | null>;
}

export class Feed {
  readonly #parts: FeedParts;
  readonly #window = signal<Message[]>([]);
  readonly #older = signal(false);
  readonly #newer = signal(false);
  readonly #state = signal<"loading" | "ready" | "failed">("loading");
  readonly #error = signal<ApiError | Unreachable | null>(null);
  #viewers = 0;
  #deaf: () => void = () => {};
  #warming: Promise<void> | null = null;
  #loading: Promise<void> | null = null;
  /** Counts what made the window anew: what was read for an older one does not fit any more. */
  #turn = 0;

  readonly messages: ReadonlySignal<Shown[]>;
  readonly waiting: ReadonlySignal<Waiting[]>;
  readonly older: ReadonlySignal<boolean> = this.#older;
  readonly newer: ReadonlySignal<boolean> = this.#newer;
  readonly state: ReadonlySignal<"loading" | "ready" | "failed"> = this.#state;
  readonly error: ReadonlySignal<ApiError | Unreachable | null> = this.#error;

  constructor(parts: FeedParts) {
    this.#parts = parts;
    const { chat_id, outbox, replica } = parts;
    const pending = computed(() => outbox.items.value.filter((item) => item.chat_id === chat_id));
    const show = showPending(replica.own);
    this.messages = computed(() => show(this.#window.value, pending.value));
    this.waiting = computed(() => waitingOf(pending.value));
  }

  /** Follow the chat from now on; the result is called when it is left. */
  open(): () => void {
    this.#viewers += 1;
    if (this.#viewers === 1) {
      this.#deaf = this.#parts.replica.changes.hear((changes) => this.#hear(changes));
      this.#begin();
    }
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#viewers -= 1;
      if (this.#viewers === 0) this.#deaf();
    };
  }

  /** Read what is at hand, for whoever is about to open the chat. */
  warm(): void {
    if (this.#viewers > 0 || this.#state.peek() === "ready") return;
    this.#warming ??= this.#anew(async () => {
      const local = await this.#upTo((this.#parts.row.peek()?.n ?? 0) + 1, PAGE);
      return local.length > 0 ? local : undefined;
    }).finally(() => (this.#warming = null));
  }

  #begin(): void {
    const turn = this.#turn;
    if (this.#warming !== null) {
      // Unless one was led elsewhere meanwhile.
      void this.#warming.then(() => turn === this.#turn && this.#begin());
    } else void (this.#state.peek() === "ready" ? this.#refresh() : this.latest());
  }

  /** Show the newest messages. */
  latest(): Promise<void> {
    return this.#anew(async () => {
      const n = this.#parts.row.peek()?.n ?? 0;
      const local = await this.#upTo(n + 1, PAGE);
      if (local.length > 0 || n === 0) return local;
      return this.#fetch({});
    });
  }

  /** Show the messages around one. */
  show(seq: number): Promise<void> {
    return this.#anew(async () => {
      const { chat_id, replica } = this.#parts;
      const wanted = await replica.read((database) => database.get("messages", [chat_id, seq]));
      if (wanted === undefined) return this.#fetch({ around_seq: seq });
      const older = await this.#upTo(wanted.n, PAGE / 2);
      const newer = await this.#after(wanted.n, PAGE / 2);
      const lonely = older.length === 0 && newer.length === 0 && wanted.n > 1;
      return lonely ? this.#fetch({ around_seq: seq }) : [...older, wanted, ...newer];
    });
  }

  loadOlder(): Promise<void> {
    return this.#extend(async () => {
      const first = this.#window.peek()[0];
      if (first === undefined || !this.#older.peek()) return;
      const local = await this.#upTo(first.n, PAGE);
      const found = local.length > 0 ? local : await this.#fetch({ before_seq: first.seq });
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
      const local = await this.#after(last.n, PAGE);
      const found = local.length > 0 ? local : await this.#fetch({ after_seq: last.seq });
      return () => {
        const window = [...this.#window.peek(), ...found];
        if (window.length > LONGEST) this.#older.value = true;
        this.#window.value = window.slice(-LONGEST);
        this.#newer.value = found.length > 0 && this.#isBehind();
      };
    });
  }

  // Reading

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
    const n = this.#parts.row.peek()?.n ?? 0;
    return (this.#window.peek().at(-1)?.n ?? n) < n;
  }

  /** The local run that ends right before a number. */
  async #upTo(n: number, limit: number): Promise<Message[]> {
    const rows = await this.#local(n - limit, n - 1);
    let first = rows.length;
    while (first > 0 && rows[first - 1]?.n === n - (rows.length - first) - 1) first -= 1;
    return rows.slice(first);
  }

  /** The local run that begins right after a number. */
  async #after(n: number, limit: number): Promise<Message[]> {
    const rows = await this.#local(n + 1, n + limit);
    const end = rows.findIndex((row, index) => row.n !== n + 1 + index);
    return end === -1 ? rows : rows.slice(0, end);
  }

  #local(from: number, upto: number): Promise<Message[]> {
    const { chat_id, replica } = this.#parts;
    if (upto < from) return Promise.resolve([]);
    const range = IDBKeyRange.bound([chat_id, from], [chat_id, upto]);
    return replica.read((database) => database.getAllFromIndex("messages", "n", range));
  }

  async #fetch(query: Record<string, number>): Promise<Message[]> {
    const { chat_id, http, replica } = this.#parts;
    const path = `/chats/${chat_id}/messages`;
    const page = (await http.page(path, { ...query, limit: PAGE })) as unknown as MessagesPage;
    const [first, last] = [page.data[0], page.data.at(-1)];
    if (first === undefined || last === undefined) return [];
    await replica.keep({ messages: page.data });
    // As they stand here: some may have changed since the page was read.
    const range = IDBKeyRange.bound([chat_id, first.seq], [chat_id, last.seq]);
    return replica.read((database) => database.getAll("messages", range));
  }

  // Hearing

  /** What came while nobody looked. */
  async #refresh(): Promise<void> {
    const last = this.#window.peek().at(-1);
    if (last === undefined || this.#newer.peek()) return this.latest();
    const { chat_id, replica } = this.#parts;
    const first = this.#window.peek()[0] ?? last;
    const range = IDBKeyRange.bound([chat_id, first.seq], [chat_id, Infinity]);
    const rows = await replica.read((database) => database.getAll("messages", range));
    const whole = rows.every((row, index) => row.n === first.n + index);
    if (!whole) return this.latest();
    if (!same(rows, this.#window.peek())) this.#window.value = rows.slice(-LONGEST);
    this.#newer.value = this.#isBehind();
  }

  #hear(changes: Change[]): void {
    const { chat_id } = this.#parts;
    const fresh: Message[] = [];
    for (const change of changes) {
      if (change.kind === "booted") void this.latest();
      else if (change.kind === "messages.anew" && change.chat_id === chat_id) void this.latest();
      else if (change.kind === "message" && change.message.chat_id === chat_id) {
        fresh.push(change.message);
      }
    }
    if (fresh.length > 0 && this.#state.peek() === "ready") this.#put(fresh);
  }

  #put(fresh: Message[]): void {
    const window = [...this.#window.peek()];
    const places = new Map(window.map((message, index) => [message.seq, index]));
    let behind = false;
    for (const message of fresh.sort((one, other) => one.seq - other.seq)) {
      const place = places.get(message.seq);
      const last = window.at(-1);
      if (place !== undefined) window[place] = message;
      else if (this.#newer.peek()) continue;
      else if (last === undefined ? message.n === 1 : message.n === last.n + 1)
        window.push(message);
      else if (last === undefined || message.n > last.n) behind = true;
    }
    if (window.length > LONGEST) this.#older.value = true;
    this.#window.value = window.slice(-LONGEST);
    if (!behind) return;
    this.#newer.value = true;
    void (window.length === 0 ? this.latest() : this.loadNewer());
  }
}

/** Whether nothing has changed: a message that did has another `rev`. */
function same(rows: Message[], held: Message[]): boolean {
  return rows.length === held.length && rows.every(({ rev }, index) => rev === held[index]?.rev);
}
