// One look at a chat's messages: which are in the document, where one stands, what is read by that,
// and where the line of what is new lies. Asks the feed for more in time; draws nothing.

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Account } from "../../models/account.ts";
import type { Feed } from "../../models/feed.ts";
import type { Shown } from "../../models/pending.ts";
import { type Day, daysOf, firstUnread } from "./groups.ts";
import { Scroll } from "./scroll.ts";
import type { ChatState } from "./state.ts";
import { around, atEnd, beyond, MOST, newer, older, type Run, shownOf } from "./window.ts";

/** More is fetched when less than so many views of it are left. */
const AHEAD = 1.5;
/** With more unread than this the newest messages do not reach back to the first of them. */
const FAR = 50;
const FOUND_MS = 2000;

export class FeedView {
  readonly #account: Account;
  readonly #state: ChatState;
  /** Null: the end, as it comes. */
  readonly #run = signal<Run | null>(null);
  /** How far one had read when one came; null when there was nothing new. */
  readonly #mark = signal<number | null>(null);
  #placing = true;
  #reaching = false;
  readonly feed: Feed;
  readonly scroll = new Scroll();
  readonly line: ReadonlySignal<number | null>;
  readonly days: ReadonlySignal<Day<Shown>[]>;
  readonly shown: ReadonlySignal<Shown[]>;

  constructor(account: Account, state: ChatState) {
    this.#account = account;
    this.#state = state;
    this.feed = account.chats.feed(state.chat_id);
    const { feed } = this;
    this.shown = computed(() => shownOf(feed.messages.value, this.#run.value ?? atEnd(feed.messages.value)));
    this.line = computed(() => this.#lineIn(feed.messages.value));
    this.days = computed(() => daysOf(this.shown.value, this.line.value));
    this.scroll.whole = () => {
      const run = this.#run.peek();
      return (run === null || !beyond(feed.messages.peek(), run).newer) && !feed.newer.peek();
    };
  }

  /** Begin to follow the chat; the result is called when it is left. */
  open(): () => void {
    const { feed } = this;
    const entry = this.#account.chats.of(this.#state.chat_id).peek();
    if (entry !== null && entry.unread > 0) this.#mark.value = entry.my.read_seq;
    const close = feed.open();
    const far = entry !== null && entry.unread > FAR && entry.my.read_seq > 0;
    if (far && this.#state.target.peek() === null) void this.#showAround(entry.my.read_seq);
    const ends = [effect(() => this.#followTarget()), effect(() => this.#drawLine())];
    return () => {
      for (const end of ends) end();
      close();
    };
  }

  /** What is in the document has changed: keep one's place, or go where one wanted to. */
  arrived(): void {
    const { feed, scroll } = this;
    if (feed.state.peek() !== "ready") return;
    if (this.#state.target.peek() !== null) this.#goToTarget();
    else if (this.#placing) this.#place();
    else scroll.keep();
    this.#bound();
    this.#reachSoon();
    this.read();
    const shown = this.shown.peek();
    this.#state.last.value = shown.at(-1)?.seq ?? null;
    const chosen = this.#state.chosen.peek();
    if (chosen !== null && !shown.some(({ seq }) => seq === chosen)) this.#state.chosen.value = null;
  }

  /** After the frame, not in it: what is asked for is not to wait for what may be. */
  #reachSoon(): void {
    if (this.#reaching) return;
    this.#reaching = true;
    requestAnimationFrame(() =>
      setTimeout(() => {
        this.#reaching = false;
        this.reach();
      }),
    );
  }

  /** Have more of what one scrolls to, before one is there. */
  reach(): void {
    const { feed, scroll } = this;
    if (feed.state.peek() !== "ready" || this.#state.target.peek() !== null) return;
    const messages = feed.messages.peek();
    const run = this.#run.peek() ?? atEnd(messages);
    const hand = beyond(messages, run);
    const { above, below } = scroll.room;
    const broken = feed.error.peek() !== null;
    // Where nothing is older one may be near the beginning and near the end at once.
    if (above < AHEAD && (hand.older || (feed.older.peek() && !broken))) {
      if (hand.older) this.#run.value = older(messages, run);
      else void feed.loadOlder();
    } else if (below < AHEAD && !scroll.stuck.peek()) {
      if (hand.newer) this.#run.value = newer(messages, run);
      else if (feed.newer.peek() && !broken) void feed.loadNewer();
    }
  }

  /** What is in view of somebody who looks is read. */
  read(): void {
    if (document.visibilityState !== "visible" || this.#placing) return;
    const { chats } = this.#account;
    const seq = this.scroll.stuck.peek() ? this.feed.messages.peek().at(-1)?.seq : this.scroll.lastSeen();
    if (seq !== undefined && seq !== null) void chats.markRead(this.#state.chat_id, seq);
  }

  moved(): void {
    this.scroll.moved();
    this.#reachSoon();
    this.read();
  }

  async latest(): Promise<void> {
    const { feed } = this;
    if (feed.newer.peek()) await feed.latest();
    this.#placing = false;
    this.#run.value = null;
    this.scroll.end();
  }

  /** One has said something oneself: what is above is known. */
  said(): void {
    this.#mark.value = null;
    void this.latest();
  }

  #lineIn(messages: Shown[]): number | null {
    const mark = this.#mark.value;
    if (mark === null) return null;
    const begins = (messages[0]?.seq ?? 0) <= mark || !this.feed.older.value;
    return begins ? firstUnread(messages, mark, this.#account.user_id) : null;
  }

  /** Something came while one was away or looked at what is above. */
  #drawLine(): void {
    const entry = this.#account.chats.of(this.#state.chat_id).value;
    if (entry === null || entry.unread === 0 || this.#mark.peek() !== null) return;
    const looks = document.visibilityState === "visible" && this.scroll.stuck.peek();
    if (!looks) this.#mark.value = entry.my.read_seq;
  }

  #place(): void {
    const { scroll, feed } = this;
    const line = this.line.peek();
    const messages = feed.messages.peek();
    if (messages.length === 0) return;
    if (line !== null && !this.shown.peek().some(({ seq }) => seq === line)) {
      this.#run.value = around(messages, line);
      return;
    }
    this.#placing = false;
    this.#state.seen = messages.at(-1)?.seq ?? 0;
    scroll.end();
    const post = line === null ? null : scroll.find(String(line));
    const box = post?.closest(".feed");
    if (!post || !box || line === null) return;
    const above = post.getBoundingClientRect().top < box.getBoundingClientRect().top + NEW_LINE_ROOM;
    if (above || feed.newer.peek()) scroll.reveal(line, 0.2);
  }

  async #showAround(seq: number): Promise<void> {
    this.#placing = true;
    await this.feed.show(seq);
    if (this.feed.messages.peek().length === 0) await this.feed.latest();
  }

  /** Fetch the message one wants to see, when it is not at hand. */
  #followTarget(): void {
    const seq = this.#state.target.value;
    if (seq === null) return;
    const held = (): boolean => this.feed.messages.peek().some((each) => each.seq === seq);
    if (held() && this.feed.state.peek() === "ready") return this.#showTarget(seq);
    void this.feed.show(seq).then(() => {
      if (this.#state.target.peek() !== seq) return;
      if (held()) this.#showTarget(seq);
      else this.#state.target.value = null;
    });
  }

  #showTarget(seq: number): void {
    if (this.shown.peek().some((each) => each.seq === seq)) queueMicrotask(() => this.arrived());
    else this.#run.value = around(this.feed.messages.peek(), seq);
  }

  #goToTarget(): void {
    const { target, found, chosen } = this.#state;
    const seq = target.peek();
    if (seq === null || !this.scroll.reveal(seq, 0.35)) return;
    this.#placing = false;
    target.value = null;
    chosen.value = seq;
    found.value = seq;
    setTimeout(() => {
      if (found.peek() === seq) found.value = null;
    }, FOUND_MS);
  }

  /** Let go of what is far above the end. */
  #bound(): void {
    if (this.shown.peek().length > MOST * 1.25 && this.scroll.stuck.peek()) this.#run.value = null;
  }
}

const NEW_LINE_ROOM = 48;
