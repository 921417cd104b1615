// What one is doing in a chat right now: answering, changing, looking at the people. It is nobody
// else's business and ends with the screen; what must not be lost is in the model.

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Shown } from "../../models/pending.ts";

/** A message of one's own whose text is being changed: stored (`seq`), or still to be sent (`order`). */
export type Editing = { seq: number; text: string } | { order: number; text: string };

export type Panel = "members" | "pins";

export class ChatState {
  readonly chat_id: number;
  readonly reply = signal<Shown | null>(null);
  readonly editing = signal<Editing | null>(null);
  /** The message a task is to be made of. */
  readonly task = signal<Shown | null>(null);
  readonly panel = signal<Panel | null>(null);
  /** The message to show and to point out, once it is here. */
  readonly target = signal<number | null>(null);
  readonly found = signal<number | null>(null);
  /** The message that keys are for; of those shown, the last unless one was chosen. */
  readonly chosen = signal<number | null>(null);
  readonly last = signal<number | null>(null);
  readonly stop: ReadonlySignal<number | null> = computed(() => this.chosen.value ?? this.last.value);
  /** Long messages that are shown as a whole. */
  readonly unfolded = new Set<number>();
  /** Somebody's messages up to here were there when one came: later ones may arrive visibly. */
  seen = Infinity;

  constructor(chat_id: number, target: number | null = null) {
    this.chat_id = chat_id;
    this.target.value = target;
  }

  answer(message: Shown): void {
    this.editing.value = null;
    this.reply.value = message;
  }

  change(editing: Editing): void {
    this.reply.value = null;
    this.editing.value = editing;
  }

  toggle(panel: Panel): void {
    this.panel.value = this.panel.peek() === panel ? null : panel;
  }
}
