// What is read: only what stood in view of somebody who looks, for a moment, or was scrolled over by
// hand. A mark is one number, so it stays where it is as long as a jump has left unread messages behind.

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Account } from "../../models/account.ts";
import type { Feed } from "../../models/feed.ts";
import type { My } from "../../models/types.ts";
import { isLookedAt } from "../../lib/attention.ts";
import type { Scroll } from "./scroll.ts";

/** So long a message is in view before it is read. */
const MOMENT_MS = 400;

export class Reading {
  readonly #account: Account;
  readonly #chat_id: number;
  readonly #scroll: Scroll;
  readonly #feed: Feed;
  readonly #passed = signal(false);
  /** The message that is in view since the timer began. */
  #waiting: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The last message that one has come to, however quickly: what is above was scrolled over by hand. */
  reached = 0;
  /** Whether a jump has left unread messages above. */
  readonly passed: ReadonlySignal<boolean> = this.#passed;

  constructor(account: Account, chat_id: number, scroll: Scroll, feed: Feed) {
    this.#account = account;
    this.#chat_id = chat_id;
    this.#scroll = scroll;
    this.#feed = feed;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#waiting = null;
  }

  /** The view goes elsewhere than a hand has scrolled it: what lies between was not seen. Then look. */
  jumped(): void {
    this.#passed.value = (this.#my?.unread ?? 0) > 0;
  }

  /** See what is in view; it is read if it still is a moment later. */
  look(): void {
    const my = this.#my;
    const view = this.#scroll.inView();
    if (my === null || view === null) return this.stop();
    if (this.#passed.peek()) this.#passed.value = my.unread > 0 && this.#isUnreadBefore(view.first, my);
    if (!isLookedAt() || this.#passed.peek()) return this.stop();
    this.reached = Math.max(this.reached, view.last);
    if (view.last <= my.read_seq) return this.stop();
    const waiting = this.#waiting;
    // Who follows the end sees what runs through it.
    const still = waiting !== null && waiting <= view.last && (waiting >= view.first || this.#scroll.stuck.peek());
    if (still) return;
    this.stop();
    this.#waiting = view.last;
    this.#timer = setTimeout(() => this.#seen(), MOMENT_MS);
  }

  #seen(): void {
    const seq = this.#waiting;
    this.#waiting = null;
    if (seq === null || !isLookedAt()) return;
    void this.#account.writing.markRead(this.#chat_id, seq).then(() => this.look());
  }

  /** Whether something that is unread stands above a message, here or not. */
  #isUnreadBefore(seq: number, my: My): boolean {
    const messages = this.#feed.messages.peek();
    if (this.#feed.older.peek() && (messages[0]?.n ?? 0) > my.read_n + 1) return true;
    const own = this.#account.user_id;
    return messages.some(
      (each) => each.n > my.read_n && each.seq < seq && each.sender_id !== own && each.deleted_at === null,
    );
  }

  get #my(): My | null {
    return this.#account.chats.of(this.#chat_id).peek()?.my ?? null;
  }
}
