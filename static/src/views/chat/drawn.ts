// Which of a feed's messages are in the document: the run, how it grows towards what one scrolls to, and
// what bounds it. Its arithmetic is in window.ts.

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { breakpointNow } from "../hooks/breakpoint.ts";
import type { Feed } from "../../models/feed.ts";
import type { Shown } from "../../models/overlays/messages.ts";
import type { Scroll } from "./scroll.ts";
import {
  around,
  atEnd,
  beyond,
  FIRST,
  FIRST_OF_PHONE,
  followedOn,
  following,
  MOST,
  newer,
  older,
  type Run,
  shownOf,
  standing,
} from "./window.ts";

/** More is fetched when less than so many views of it are left. */
const AHEAD = 1.5;

export class Drawn {
  readonly #feed: Feed;
  readonly #scroll: Scroll;
  /** Null: the end, as it comes. */
  readonly #run = signal<Run | null>(null);
  /** A screenful, and what is kept of the end while one follows it. */
  readonly #first: number;
  readonly #followed: number;
  /** The last message in the document. */
  #last: number | null = null;
  #printing = false;
  readonly shown: ReadonlySignal<Shown[]>;

  constructor(feed: Feed, scroll: Scroll) {
    this.#feed = feed;
    this.#scroll = scroll;
    this.#first = breakpointNow() === "phone" ? FIRST_OF_PHONE : FIRST;
    // Of the screen: the height of the window would have to be laid out.
    this.#followed = followedOn(screen.height);
    let held: Shown[] = [];
    this.shown = computed(() => {
      const messages = feed.messages.value;
      const shown = shownOf(messages, this.#run.value ?? atEnd(messages, this.#first));
      // What comes below those that are shown changes nothing.
      if (shown.length !== held.length || shown.some((each, index) => each !== held[index])) held = shown;
      return held;
    });
  }

  has(seq: number): boolean {
    return this.shown.peek().some((each) => each.seq === seq);
  }

  /** Whether nothing newer is to come below. */
  get isWhole(): boolean {
    const run = this.#run.peek();
    const { messages, newer } = this.#feed;
    return (run === null || !beyond(messages.peek(), run).newer) && !newer.peek();
  }

  /** What is shown is in the document by now. */
  arrived(): void {
    this.#last = this.shown.peek().at(-1)?.seq ?? null;
  }

  /** Have those around a message, which is at hand. */
  around(seq: number): void {
    this.#run.value = around(this.#feed.messages.peek(), seq);
  }

  /** Have the end, as it comes. */
  end(): void {
    this.#run.value = null;
  }

  /** Have all that is at hand; then let go of it again. */
  print(begins: boolean): void {
    this.#printing = begins;
    if (begins) this.#run.value = { first: null, last: null };
    else this.bound(this.#feed.messages.peek());
  }

  /**
   * Have more of what one scrolls to before one is there. What is at hand is drawn; what the feed has to
   * read is at hand when the result is there, and draws nothing by itself.
   */
  reach(): Promise<void> | null {
    const feed = this.#feed;
    const scroll = this.#scroll;
    const messages = feed.messages.peek();
    const run = this.#run.peek() ?? atEnd(messages, this.#first);
    const hand = beyond(messages, run);
    const { above, below } = scroll.room;
    const broken = feed.error.peek() !== null;
    // Where nothing is older one may be near the beginning and near the end at once.
    const full = scroll.stuck.peek() && this.shown.peek().length >= this.#followed;
    if (above < AHEAD && !full && (hand.older || (feed.older.peek() && !broken))) {
      if (!hand.older) return feed.loadOlder();
      this.#run.value = older(messages, run);
    } else if (below < AHEAD && !scroll.stuck.peek()) {
      if (hand.newer) this.#run.value = newer(messages, run);
      else if (feed.newer.peek() && !broken) return feed.loadNewer();
    }
    return null;
  }

  /**
   * Before what comes is drawn: who follows the end lets go of as much above it; for who stands elsewhere
   * what lies far below is drawn when they come to it.
   */
  bound(messages: Shown[]): void {
    const run = this.#run.peek();
    if (this.#printing || run === null || run.last !== null) return;
    if (!this.#scroll.stuck.peek()) this.#run.value = standing(messages, run, this.#followed, this.#last);
    // What has the focus is not taken away.
    else this.#run.value = following(messages, run, this.#scroll.hasFocus() ? MOST : this.#followed);
  }
}
