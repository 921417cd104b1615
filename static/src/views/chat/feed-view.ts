// One look at a chat's messages: where one stands, where one is to stand, and where the line of what is new
// lies. Draws nothing. Which messages are in the document is in drawn.ts, what is read by it in reading.ts.

import { computed, effect, type ReadonlySignal } from "@preact/signals";
import { isLookedAt, onAttention } from "../../lib/attention.ts";
import type { Account } from "../../models/account.ts";
import type { ChatEntry } from "../../models/entries.ts";
import type { Found, Spot } from "../../models/feed-reading.ts";
import type { Feed } from "../../models/feed.ts";
import type { Shown } from "../../models/overlays/messages.ts";
import type { Landing } from "../../models/places.ts";
import { feedOf } from "../../models/feeds.ts";
import { Drawn } from "./drawn.ts";
import { type Day, daysOf, firstUnread } from "./groups.ts";
import { NewLine } from "./new-line.ts";
import { Reading } from "./reading.ts";
import { Scroll } from "./scroll.ts";
import type { ChatState } from "./state.ts";

const FOUND_MS = 2000;
/** Above the line of what is new so much of what was read stays in view. */
const LINE_AT = 0.2;
const END: Landing = { spot: null, stand: null };

export class FeedView {
  readonly #account: Account;
  readonly #state: ChatState;
  readonly #drawn: Drawn;
  readonly #new: NewLine;
  readonly #reading: Reading;
  /** Where one is to stand, until one does. */
  #placing: Landing | null = END;
  #pointed: HTMLElement | null = null;
  #reaching = false;
  /** Marked to come back to: one has, once one looks. */
  #marked = false;
  readonly feed: Feed;
  readonly scroll = new Scroll();
  readonly line: ReadonlySignal<number | null>;
  readonly days: ReadonlySignal<Day<Shown>[]>;
  readonly shown: ReadonlySignal<Shown[]>;
  /** Whether a jump has left unread messages above. */
  readonly passed: ReadonlySignal<boolean>;

  constructor(account: Account, state: ChatState) {
    this.#account = account;
    this.#state = state;
    this.feed = feedOf(account.chats, state.chat_id);
    const { feed, scroll } = this;
    this.#drawn = new Drawn(feed, scroll);
    this.shown = this.#drawn.shown;
    this.#new = new NewLine(feed, account.user_id);
    this.line = this.#new.line;
    this.days = computed(() => daysOf(this.shown.value, this.line.value));
    this.#reading = new Reading(account, state.chat_id, scroll, feed);
    this.passed = this.#reading.passed;
    scroll.unread = () => this.#held();
    scroll.whole = () => this.#drawn.isWhole;
  }

  /** Begin to follow the chat; the result is called when it is left. */
  open(): () => void {
    const { feed } = this;
    const entry = this.#entry;
    if (entry !== null) {
      this.#placing = this.#account.places.landing(entry.my);
      if (entry.unread > 0) this.#new.draw(entry.my.read_seq);
      this.#marked = entry.my.marked_unread;
    }
    const close = feed.open(() => this.#where());
    let shown: Promise<void> | null = feed.begun;
    const ends = [
      effect(() => this.#drawn.bound(feed.messages.value)),
      effect(() => {
        this.#state.last.value = this.shown.value.at(-1)?.seq ?? null;
      }),
      effect(() => this.#point(this.#state.stop.value)),
      effect(() => {
        this.#followTarget(shown);
        shown = null;
      }),
      effect(() => this.#followNews()),
      onAttention(() => this.look()),
    ];
    return () => {
      for (const end of ends) end();
      this.#reading.stop();
      this.#remember();
      close();
    };
  }

  /** What is in the document has changed: keep one's place, or go where one wanted to. */
  arrived(): void {
    const { feed, scroll } = this;
    if (feed.state.peek() !== "ready") return;
    if (this.#state.target.peek() !== null) this.#goToTarget();
    else if (this.#placing !== null) this.#place(this.#placing);
    // It is drawn anew: what is in view until then was not come to.
    else if (!this.#keep()) return;
    this.#reachSoon();
    this.look();
    this.#drawn.arrived();
    this.#point(this.#state.stop.peek());
    const chosen = this.#state.chosen.peek();
    if (chosen !== null && !this.#drawn.has(chosen)) this.#state.chosen.value = null;
    scroll.note();
  }

  /** The Tab key stops at one of the messages. */
  #point(seq: number | null): void {
    const next = seq === null ? null : this.scroll.find(String(seq));
    if (next === this.#pointed) return;
    if (this.#pointed !== null) this.#pointed.tabIndex = -1;
    if (next !== null) next.tabIndex = 0;
    this.#pointed = next;
  }

  /** After the frame, not in it: what is asked for is not to wait for what may be. */
  #reachSoon(): void {
    if (this.#reaching) return;
    this.#reaching = true;
    requestAnimationFrame(() =>
      setTimeout(() => {
        this.#reaching = false;
        if (this.feed.state.peek() !== "ready" || this.#state.target.peek() !== null) return;
        void this.#drawn.reach()?.then(() => this.#reachSoon());
      }),
    );
  }

  /** What is in view of somebody who looks will be read. */
  look(): void {
    if (this.#marked && isLookedAt()) {
      this.#marked = false;
      this.#account.writing.setListing(this.#state.chat_id, { unread: false });
    }
    if (this.#placing === null && this.#state.target.peek() === null) this.#reading.look();
  }

  moved(): void {
    this.scroll.moved();
    this.#reachSoon();
    this.look();
    this.#remember();
  }

  /** Down: to what is unread when that is still to come, else to the end. */
  async down(): Promise<void> {
    const my = this.#entry?.my;
    const view = this.scroll.inView();
    const ahead = my !== undefined && my.unread > 0 && view !== null && view.last < my.read_seq;
    await (ahead ? this.toUnread() : this.latest());
  }

  /** To the end, over all that lies between: that is not read by it. */
  async latest(): Promise<void> {
    const { feed } = this;
    if (feed.newer.peek()) await feed.latest();
    this.#placing = null;
    this.#reading.jumped();
    this.#drawn.end();
    this.scroll.end();
  }

  /** To the first message that is not read. */
  async toUnread(): Promise<void> {
    const my = this.#entry?.my;
    if (my === undefined || my.unread === 0) return;
    this.#new.draw(my.read_seq);
    this.#placing = { spot: my, stand: null };
    await this.feed.goTo(my);
    queueMicrotask(() => this.arrived());
  }

  /** For paper, all that is at hand is in the document; then it is let go of again. */
  print(begins: boolean): void {
    this.#drawn.print(begins);
  }

  /** To the first message of a day, or the nearest there is; null when there is none at all. */
  async showDay(day: string): Promise<Found | null> {
    const found = await this.feed.showAt(new Date(`${day}T00:00`).toISOString());
    if (found !== null) this.#state.target.value = found.seq;
    return found;
  }

  /** One has said something oneself, or that all is read: what is above is known. */
  said(): void {
    this.#new.drop();
    this.markRead();
    void this.latest();
  }

  /** Everything is read, seen or not: one says so. */
  markRead(): void {
    const last = this.#entry?.last;
    if (last) void this.#account.writing.markRead(last.chat_id, last.seq);
  }

  get #entry(): ChatEntry | null {
    return this.#account.chats.of(this.#state.chat_id).peek();
  }

  /** Where the feed is to be when it is made anew. */
  #where(): Spot | null {
    const target = this.#state.target.peek();
    if (target !== null) return { seq: target };
    if (this.#placing !== null) return this.#placing.spot;
    const { stand } = this.scroll;
    if (stand !== null) return { seq: stand.seq };
    const my = this.#entry?.my;
    return my && my.unread > 0 && !this.passed.peek() && this.#reading.reached <= my.read_seq ? my : null;
  }

  #remember(): void {
    if (this.#placing !== null || this.#state.target.peek() !== null) return;
    const { stand } = this.scroll;
    const read = this.#entry?.unread === 0;
    this.#account.places.keep(this.#state.chat_id, stand && { ...stand, read });
  }

  /** The first unread message that was not in view yet, when nothing unread was left above it. */
  #held(): number | null {
    const entry = this.#entry;
    if (entry === null || entry.unread === 0 || this.passed.peek()) return null;
    const seen = Math.max(entry.my.read_seq, this.#reading.reached);
    return firstUnread(this.feed.messages.peek(), seen, this.#account.user_id);
  }

  /** False where something else is to be in the document for that. */
  #keep(): boolean {
    const held = this.scroll.stuck.peek() ? this.#held() : null;
    if (held !== null && !this.#drawn.has(held)) {
      this.#drawn.around(held);
      return false;
    }
    this.scroll.keep();
    // More has come than fits: one looks at where it begins.
    if (held !== null && !this.scroll.stuck.peek()) this.#followNews();
    return true;
  }

  #followNews(): void {
    const entry = this.#account.chats.of(this.#state.chat_id).value;
    if (entry !== null) this.#new.follow(entry, isLookedAt() && this.scroll.stuck.peek());
  }

  #place({ stand }: Landing): void {
    const messages = this.feed.messages.peek();
    if (messages.length === 0) return;
    const wanted = stand?.seq ?? this.line.peek();
    const held = messages.some(({ seq }) => seq === wanted);
    if (wanted !== null && held && !this.#drawn.has(wanted)) {
      this.#drawn.around(wanted);
      return;
    }
    this.#placing = null;
    this.#state.seen = messages.at(-1)?.seq ?? 0;
    this.#reading.jumped();
    if (stand !== null && this.scroll.restore(stand)) return;
    this.scroll.end();
    if (wanted !== null && (this.scroll.isAbove(wanted) || this.feed.newer.peek())) this.scroll.reveal(wanted, LINE_AT);
  }

  /** Fetch the message one wants to see, when it is not at hand. */
  #followTarget(shown: Promise<void> | null): void {
    const seq = this.#state.target.value;
    if (seq === null) return;
    const held = (): boolean => this.feed.messages.peek().some((each) => each.seq === seq);
    if (held() && this.feed.state.peek() === "ready") return this.#showTarget(seq);
    void (shown ?? this.feed.show(seq)).then(() => {
      if (this.#state.target.peek() !== seq) return;
      if (held()) this.#showTarget(seq);
      else this.#state.target.value = null;
    });
  }

  #showTarget(seq: number): void {
    if (this.#drawn.has(seq)) queueMicrotask(() => this.arrived());
    else this.#drawn.around(seq);
  }

  #goToTarget(): void {
    const { target, found, chosen } = this.#state;
    const seq = target.peek();
    if (seq === null || !this.scroll.reveal(seq, 0.35)) return;
    this.#placing = null;
    this.#reading.jumped();
    target.value = null;
    chosen.value = seq;
    found.value = seq;
    setTimeout(() => {
      if (found.peek() === seq) found.value = null;
    }, FOUND_MS);
  }
}
