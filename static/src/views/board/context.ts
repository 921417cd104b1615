// What the cards of one board share: it stays the same object, so that a card is drawn again only
// when something of its own has changed.

import type { ReadonlySignal, Signal } from "@preact/signals";

export interface BoardShared {
  chat_id: number;
  /** The card that Tab comes to. */
  focus: Signal<number | null>;
  /** The card that is held with the keyboard. */
  held: Signal<number | null>;
  /** Unread comments by task. */
  talk: ReadonlySignal<ReadonlyMap<number, number>>;
  /** The id of the text that says which keys there are. */
  help: string;
}
