// What one is doing in a chat right now: answering, changing, looking at the people. It is nobody
// else's business and ends with the screen, but what is answered or changed: that is there again when
// one comes back.

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Shown } from "../../models/overlays/messages.ts";
import type { Unsaved } from "../../models/unsaved.ts";
import { Selection } from "./selection.ts";

/** A message of one's own whose text is being changed: stored (`seq`), or still to be sent (`order`). */
export type Editing = { seq: number; text: string } | { order: number; text: string };

export type Panel = "members" | "pins";

export class ChatState {
  readonly chat_id: number;
  readonly reply = signal<Shown | null>(null);
  readonly editing = signal<Editing | null>(null);
  /** The message a task is to be made of. */
  readonly task = signal<Shown | null>(null);
  /** The messages that are to be forwarded. */
  readonly forward = signal<Shown[] | null>(null);
  /** The message of which one asks why it notified, or did not. */
  readonly why = signal<Shown | null>(null);
  /** What is looked for in the chat; `typing`: one is about to say what. */
  readonly find = signal<{ q: string; typing: boolean } | null>(null);
  /** The message one came here for. */
  came: number | null;
  readonly selection = new Selection();
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

  /** The new text of the message that is being changed. */
  readonly changed = signal("");
  /** Files that the message being changed will not have any more. */
  readonly gone = signal<ReadonlySet<string>>(new Set());
  /** It was typed before: when one was here last, or changed the same message. */
  readonly restored = signal(false);
  readonly #unsaved: Unsaved;

  constructor(chat_id: number, unsaved: Unsaved, target: number | null = null, panel: Panel | null = null) {
    this.chat_id = chat_id;
    this.panel.value = panel;
    this.target.value = target;
    this.came = target;
    this.#unsaved = unsaved;
    const kept = unsaved.of(this.#name());
    if (kept?.base) this.change(kept.base as unknown as Editing);
  }

  /** The message that was being answered when one was here last. */
  get answered(): number | null {
    return Number(this.#unsaved.of(`${this.#name()}.reply`)?.text) || null;
  }

  answer(message: Shown): void {
    this.#leave();
    this.reply.value = message;
    this.#unsaved.keep(`${this.#name()}.reply`, String(message.seq));
  }

  change(editing: Editing): void {
    this.#leave();
    const kept = this.#unsaved.of(this.#name(editing));
    // As it was when it was first changed: somebody's other device may have changed it since.
    const before = (kept?.base ?? editing) as Editing;
    this.restored.value = kept !== null && kept.text !== editing.text;
    this.changed.value = kept?.text ?? editing.text;
    this.editing.value = before;
    this.gone.value = new Set(this.#unsaved.of(`${this.#name(editing)}.gone`)?.text.split(" "));
    this.#unsaved.keep(this.#name(), editing.text, { ...before });
  }

  write(text: string): void {
    const editing = this.editing.peek();
    if (editing === null) return;
    this.changed.value = text;
    this.#unsaved.keep(this.#name(editing), text, { ...editing });
  }

  /** Take a file out of the message that is being changed, or put it back. */
  without(id: string, gone: boolean): void {
    const editing = this.editing.peek();
    if (editing === null) return;
    const left = new Set(this.gone.peek());
    if (gone) left.add(id);
    else left.delete(id);
    this.gone.value = left;
    this.#unsaved.keep(`${this.#name(editing)}.gone`, [...left].join(" "));
  }

  /** Leave the answer or the change; what was typed is there when it is taken up again. */
  leave(): void {
    const editing = this.editing.peek();
    if (editing !== null && this.changed.peek() === editing.text) this.#unsaved.drop(this.#name(editing));
    this.#leave();
  }

  /** It is sent, or given up. */
  drop(): void {
    const editing = this.editing.peek();
    if (editing !== null) {
      this.#unsaved.drop(this.#name(editing));
      this.#unsaved.drop(`${this.#name(editing)}.gone`);
    }
    this.#leave();
  }

  #leave(): void {
    this.reply.value = null;
    this.editing.value = null;
    this.restored.value = false;
    this.gone.value = new Set();
    this.#unsaved.drop(this.#name());
    this.#unsaved.drop(`${this.#name()}.reply`);
  }

  #name(editing?: Editing): string {
    const about = editing === undefined ? "editing" : "order" in editing ? `o${editing.order}` : editing.seq;
    return `chat.${this.chat_id}.${about}`;
  }

  toggle(panel: Panel): void {
    this.panel.value = this.panel.peek() === panel ? null : panel;
  }
}
