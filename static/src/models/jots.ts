// A copy of each write that is not in the database yet. A page that is loaded anew in the moment after
// Enter gives up what IndexedDB has not committed by then; localStorage has what was put there at once.

import type { Item } from "./rows.ts";
import type { Memory } from "./unsaved.ts";

/** The part of localStorage that is used. */
export interface Pages extends Memory {
  readonly length: number;
  key(at: number): string | null;
}

export class Jots {
  readonly #pages: Pages;
  readonly #name: string;
  #left: Item[] = [];

  constructor(pages: Pages, user_id: number) {
    this.#pages = pages;
    this.#name = `messenger.unstored.${user_id}.`;
  }

  /** Of what a file hangs on there is no copy: it is written down with its file. */
  put(item: Item): void {
    if (item.quiet || "files" in item.fields) return;
    try {
      this.#pages.setItem(this.#name + item.order, JSON.stringify(item));
    } catch (error) {
      // Full, or forbidden: the database will have it in a moment.
      console.warn(error);
    }
  }

  drop(order: number): void {
    this.#pages.removeItem(this.#name + order);
  }

  /**
   * What never came to the database, in no order. It may have been sent even so: its key makes it safe
   * to send it again.
   */
  left(stored: Item[]): Item[] {
    const known = new Set(stored.map(({ order }) => order));
    const found = this.#names().flatMap((name) => {
      try {
        return [JSON.parse(this.#pages.getItem(name) ?? "") as Item];
      } catch {
        this.#pages.removeItem(name);
        return [];
      }
    });
    return (this.#left = found.filter(({ order }) => !known.has(order)));
  }

  /** Whether just these words were among them: then they are no draft any more. */
  has(chat_id: number, text: string): boolean {
    return this.#left.some(({ kind, fields }) => {
      return kind === "message.send" && fields.chat_id === chat_id && fields.text.trim() === text.trim();
    });
  }

  wipe(): void {
    for (const name of this.#names()) this.#pages.removeItem(name);
  }

  #names(): string[] {
    const names = Array.from({ length: this.#pages.length }, (_, at) => this.#pages.key(at) ?? "");
    return names.filter((name) => name.startsWith(this.#name));
  }
}
