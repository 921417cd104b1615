// One search as it goes on: what is held on this device is shown at once, what the server finds in its place
// when it comes. Draws nothing.

import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { ApiError, Unreachable } from "../../lib/errors.ts";
import type { Account } from "../account.ts";
import type { ReadQuery } from "../types.ts";
import type { Hit, HitKind, LocalFound, Wanted } from "./hits.ts";
import { localSearchOf } from "./local.ts";
import { namedHits } from "./named.ts";
import { asksNothing, type Known, wantedOf } from "./wanting.ts";

export interface Question {
  q: string;
  kind: HitKind | null;
  sort: "best" | "new";
  /** In one chat alone. */
  chat_id?: number;
}

interface ServerPage {
  data: Hit[];
  next: string | null;
  query: Pick<ReadQuery, "corrected" | "filters">;
}

const LOCAL_AFTER_MS = 40;
const SERVER_AFTER_MS = 180;
const PAGE = 20;
/** In one chat nobody reads a list: how many there are is what counts. */
const CHAT_PAGE = 50;
const LOCAL_LIMIT = 30;
const SHORTEST = 2;
/** Characters that the server reads of a question. */
const LONGEST = 256;
const NONE: LocalFound = { hits: [], whole: true };

export class Searching {
  readonly #account: Account;
  readonly #asked = signal<Question | null>(null);
  readonly #answered = signal<Question | null>(null);
  readonly #hits = signal<Hit[]>([]);
  readonly #source = signal<"none" | "local" | "server">("none");
  readonly #busy = signal(false);
  readonly #more = signal<string | null>(null);
  readonly #corrected = signal<string | null>(null);
  readonly #strange = signal("");
  readonly #error = signal<ApiError | Unreachable | null>(null);
  readonly #whole = signal(true);
  /** Counts the questions. */
  #turn = 0;
  /** The last one that the server has answered. */
  #served = -1;
  #timers: (() => void)[] = [];

  readonly asked: ReadonlySignal<Question | null> = this.#asked;
  /** What the hits are found for: until something is, those of the question before stay. */
  readonly answered: ReadonlySignal<Question | null> = this.#answered;
  readonly hits: ReadonlySignal<Hit[]> = this.#hits;
  /** Whose answer is shown. */
  readonly source: ReadonlySignal<"none" | "local" | "server"> = this.#source;
  /** Whether an answer is still to come. */
  readonly busy: ReadonlySignal<boolean> = this.#busy;
  readonly more: ReadonlySignal<boolean> = computed(() => this.#more.value !== null);
  /** What was looked for in the place of words that nothing has. */
  readonly corrected: ReadonlySignal<string | null> = this.#corrected;
  /** Operators as they were written that the server could not read: there is no such person, chat or day. */
  readonly strange: ReadonlySignal<string> = this.#strange;
  readonly error: ReadonlySignal<ApiError | Unreachable | null> = this.#error;
  /** Of local answers: all that is held was looked at. */
  readonly whole: ReadonlySignal<boolean> = this.#whole;

  constructor(account: Account) {
    this.#account = account;
  }

  /** Follow what is read on this device meanwhile; the result ends all. */
  open(): () => void {
    const local = localSearchOf(this.#account);
    const end = effect(() => {
      void local.read.value;
      const asked = this.#asked.peek();
      if (asked !== null && this.#served !== this.#turn) void this.#askLocal(asked, this.#turn);
    });
    const online = effect(() => {
      const live = this.#account.link.state.value === "live";
      if (live && this.#error.peek() instanceof Unreachable) this.again();
    });
    return () => {
      end();
      online();
      this.#stop();
    };
  }

  /** Ask; the same again asks nothing. */
  ask(whole: Question): void {
    const asked = { ...whole, q: whole.q.slice(0, LONGEST) };
    if (JSON.stringify(asked) === JSON.stringify(this.#asked.peek())) return;
    this.#stop();
    this.#asked.value = asked;
    const wanted = this.#wanted(asked);
    if (isShort(asked.q) || (wanted !== null && asksNothing(wanted))) return this.#empty();
    const turn = this.#turn;
    this.#busy.value = true;
    const { clock } = this.#account;
    this.#timers = [
      clock.after(LOCAL_AFTER_MS, () => void this.#askLocal(asked, turn)),
      clock.after(SERVER_AFTER_MS, () => void this.#askServer(asked, turn)),
    ];
  }

  /** The same once more. */
  again(): void {
    const asked = this.#asked.peek();
    this.#asked.value = null;
    if (asked !== null) this.ask(asked);
  }

  async next(): Promise<void> {
    const [asked, cursor, turn] = [this.#asked.peek(), this.#more.peek(), this.#turn];
    if (asked === null || cursor === null || this.#busy.peek()) return;
    this.#busy.value = true;
    const page = await this.#page(asked, turn, { cursor });
    if (page === null) return;
    const known = new Set(this.#hits.peek().map(({ key }) => key));
    this.#put([...this.#hits.peek(), ...page.data.filter(({ key }) => !known.has(key))], page);
  }

  #stop(): void {
    this.#turn += 1;
    this.#error.value = null;
    for (const end of this.#timers) end();
    this.#timers = [];
  }

  #empty(): void {
    batch(() => {
      this.#asked.value = null;
      this.#answered.value = null;
      this.#hits.value = [];
      this.#source.value = "none";
      this.#busy.value = false;
      this.#more.value = null;
      this.#corrected.value = null;
      this.#strange.value = "";
      this.#error.value = null;
    });
  }

  #known(): Known {
    const { people, chats, user_id, clock } = this.#account;
    return { people: people.all.peek(), chats: chats.list.peek(), own: user_id, now: new Date(clock.now()) };
  }

  #wanted({ q, kind, chat_id }: Question): Wanted | null {
    const wanted = wantedOf(q, kind, this.#known());
    return wanted === null || chat_id === undefined ? wanted : { ...wanted, chats: [chat_id] };
  }

  async #askLocal(asked: Question, turn: number): Promise<void> {
    const wanted = this.#wanted(asked);
    const found = wanted === null ? NONE : await localSearchOf(this.#account).find(wanted, LOCAL_LIMIT);
    if (turn !== this.#turn || this.#served === turn) return;
    const names = wanted === null || asked.chat_id !== undefined ? [] : namedHits(wanted, this.#known());
    const hits = [...names, ...(found?.hits ?? [])];
    // Until the server has said so, too, what was found before is better than nothing.
    if (this.#busy.peek() && hits.length === 0) return;
    batch(() => {
      this.#answered.value = asked;
      this.#hits.value = hits;
      this.#whole.value = found?.whole ?? false;
      this.#source.value = "local";
      this.#more.value = null;
      this.#corrected.value = null;
      this.#strange.value = "";
    });
  }

  async #askServer(asked: Question, turn: number): Promise<void> {
    const page = await this.#page(asked, turn, {});
    if (page !== null) this.#put(page.data, page);
  }

  #put(hits: Hit[], { next, query }: ServerPage): void {
    this.#served = this.#turn;
    batch(() => {
      this.#answered.value = this.#asked.peek();
      this.#hits.value = hits;
      this.#source.value = "server";
      this.#more.value = next;
      this.#corrected.value = query.corrected;
      const strange = query.filters.filter(({ understood, negated }) => !understood && !negated);
      this.#strange.value = strange.map(({ start, end }) => this.#asked.peek()?.q.slice(start, end)).join(" ");
      this.#error.value = null;
      this.#busy.value = false;
    });
  }

  /** Null: it failed, or something else is asked by now. */
  async #page(asked: Question, turn: number, more: { cursor?: string }): Promise<ServerPage | null> {
    const { q, kind, sort, chat_id } = asked;
    const query = { q, sort, limit: chat_id === undefined ? PAGE : CHAT_PAGE, ...(kind && { kind }), ...(chat_id && { chat_id }), ...more };
    try {
      const page = (await this.#account.http.page("/search", query)) as unknown as ServerPage;
      return turn === this.#turn ? page : null;
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof Unreachable)) throw error;
      if (turn === this.#turn) this.#fail(error);
      return null;
    }
  }

  #fail(error: ApiError | Unreachable): void {
    batch(() => {
      this.#error.value = error;
      this.#busy.value = false;
    });
    const asked = this.#asked.peek();
    if (asked !== null) void this.#askLocal(asked, this.#turn);
  }
}

function isShort(q: string): boolean {
  return q.trim().length < SHORTEST;
}
