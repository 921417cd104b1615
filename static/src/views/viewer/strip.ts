// What the viewer leads through, the oldest first: the files it was opened with, and around the photos of a
// message those of the chat before and after it, fetched by pages as one comes near.

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Page, Query } from "../../lib/http.ts";
import type { ChatFile } from "../../models/types.ts";
import { isPicture, type ShownFile } from "../files/shown.ts";
import type { Viewing } from "./open.ts";

export interface Item {
  file: ShownFile;
  chat_id: number | null;
  /** Of its message, or where in the log a card got it; null where there is none. */
  seq: number | null;
  /** The card that has it instead of a message. */
  task_id: number | null;
  attached_at: string | null;
  /** Quarters of a turn, clockwise. */
  turns: number;
  /** It could not be fetched. */
  failed?: boolean;
  /** It is not there any more, or not for oneself. */
  gone?: "deleted" | "left";
  /** A video that begins by itself: it was clicked. */
  plays?: boolean;
}

/** The part of `Http` that is used. */
export interface Source {
  page<T>(path: string, query?: Query): Promise<Page<T>>;
}

export type Side = "older" | "newer";

const PAGE = 40;

export class Strip {
  readonly #source: Source;
  readonly #chat_id: number | null = null;
  readonly #ends: Record<Side, { seq: number; next: string | null } | null> = { older: null, newer: null };
  readonly #asking = new Set<Side>();
  readonly #failed = signal(false);
  readonly items: Item[];
  /** Where one begins. */
  readonly index: number;
  /** The last page that was asked for did not come. */
  readonly failed: ReadonlySignal<boolean> = this.#failed;

  constructor({ files, index, where }: Viewing, source: Source) {
    this.#source = source;
    const { chat_id = null, seq = null, task_id = null, attached_at = null } = where;
    const opened = files[index];
    const goesOn = opened !== undefined && isPicture(opened) && chat_id !== null && seq !== null;
    const shown = opened !== undefined && isPicture(opened) ? files.filter(isPicture) : files;
    this.items = shown.map((file) => ({ file, chat_id, seq, task_id, attached_at, turns: 0 }));
    this.index = Math.max(0, shown.findIndex((file) => file === opened));
    const item = this.items[this.index];
    if (item !== undefined) item.plays = true;
    if (!goesOn) return;
    this.#chat_id = chat_id;
    this.#ends = { older: { seq, next: null }, newer: { seq, next: null } };
  }

  /** Whether there may be more than is here. */
  goesOn(side: Side): boolean {
    return this.#ends[side] !== null;
  }

  /** Fetch what comes before or after; gives how many more there are now. */
  async grow(side: Side): Promise<number> {
    const end = this.#ends[side];
    if (end === null || this.#asking.has(side)) return 0;
    this.#asking.add(side);
    try {
      const page = await this.#page(side, end);
      this.#failed.value = false;
      const found = page.data.map((file) => this.#item(file));
      if (side === "older") this.items.unshift(...found.toReversed());
      else this.items.push(...found);
      this.#ends[side] = page.next === null ? null : { ...end, next: String(page.next) };
      return found.length;
    } catch {
      this.#failed.value = true;
      return 0;
    } finally {
      this.#asking.delete(side);
    }
  }

  #page(side: Side, { seq, next }: { seq: number; next: string | null }): Promise<Page<ChatFile>> {
    const place = side === "older" ? { before_seq: seq } : { after_seq: seq };
    const query = { kind: "media", limit: PAGE, ...place, ...(next !== null && { before: next }) };
    return this.#source.page<ChatFile>(`/chats/${this.#chat_id}/files`, query);
  }

  #item({ seq, task_id, attached_at, ...file }: ChatFile): Item {
    return { file, chat_id: this.#chat_id, seq, task_id, attached_at, turns: 0 };
  }

  /** Which of its message's it is, or of those a card got at once, from 1, and of how many. */
  numberOf({ seq, file }: Item): { index: number; of: number } {
    const same = this.items.filter((each) => each.seq === seq);
    return { index: same.findIndex((each) => each.file.id === file.id) + 1, of: same.length };
  }
}
