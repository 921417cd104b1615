// The line above what is new: where it lies, and when it is drawn anew. It stays until one leaves, says
// something, or has read everything and more comes while one does not look.

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { ChatEntry } from "../../models/entries.ts";
import type { Feed } from "../../models/feed.ts";
import type { Shown } from "../../models/overlays/messages.ts";
import { firstUnread } from "./groups.ts";

export class NewLine {
  readonly #feed: Feed;
  readonly #own: number;
  /** How far one had read; null when there was nothing new. */
  readonly #mark = signal<number | null>(null);
  /** Whether everything was read at some time after the line was drawn. */
  #done = true;
  /** The message it lies above. */
  readonly line: ReadonlySignal<number | null>;

  constructor(feed: Feed, own: number) {
    this.#feed = feed;
    this.#own = own;
    this.line = computed(() => this.#lineIn(feed.messages.value));
  }

  draw(mark: number): void {
    this.#mark.value = mark;
    this.#done = false;
  }

  drop(): void {
    this.#mark.value = null;
  }

  /** Something came or was read; `seen`: while one looks at the end. */
  follow({ unread, my }: ChatEntry, seen: boolean): void {
    if (unread === 0) this.#done = true;
    else if (this.#done && !seen) this.draw(my.read_seq);
  }

  #lineIn(messages: Shown[]): number | null {
    const mark = this.#mark.value;
    if (mark === null) return null;
    const begins = (messages[0]?.seq ?? 0) <= mark || !this.#feed.older.value;
    return begins ? firstUnread(messages, mark, this.#own) : null;
  }
}
