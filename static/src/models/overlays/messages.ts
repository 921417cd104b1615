// What is shown of messages whose changes are still on their way. Pure.

import { reacted } from "../reacted.ts";
import type { LocalFile } from "../local-files.ts";
import type { Item, ItemOf, ItemState } from "../rows.ts";
import type { File, ForwardedFrom, Message } from "../types.ts";

/** A message as shown; `pending` while a change of it is on its way. */
export interface Shown extends Message {
  pending: boolean;
  /** Files from this device that a change on its way adds. */
  adding?: LocalFile[];
}

/** A message of one's own that is not stored yet. */
export interface Waiting {
  order: number;
  key: string;
  text: string;
  reply_to: number | null;
  task_id: number | null;
  forwarded_from: ForwardedFrom | null;
  /** Files on this device that it will have. */
  files: LocalFile[];
  /** Files of the message that it is a copy of. */
  copied: File[];
  state: ItemState;
  error: Item["error"];
  at: number;
}

export function waitingOf(items: Item[]): Waiting[] {
  return items.flatMap((item): Waiting[] => {
    const { order, key, state, error, at } = item;
    const about = { order, state, error, at };
    if (item.kind === "message.send") {
      const { text, reply_to = null, task_id = null, files = [] } = item.fields;
      return [{ ...about, key, text, reply_to, task_id, forwarded_from: null, files, copied: [] }];
    }
    if (item.kind !== "message.forward") return [];
    return item.fields.copies.map(({ text, forwarded_from, files: copied = [] }, index) => {
      const copy = { text, forwarded_from, copied, files: [] };
      return { ...about, ...copy, key: `${key}.${index}`, reply_to: null, task_id: null };
    });
  });
}

/** Lays changes on their way over messages; what has none stays the same object. */
export function showPending(own: number): (messages: Message[], items: Item[]) => Shown[] {
  const untouched = new WeakMap<Message, Shown>();
  return (messages, items) => {
    const bySeq = Map.groupBy(
      items.filter(changesOne).filter(({ state }) => goes(state)),
      (item) => item.fields.seq,
    );
    return messages.map((message) => {
      const changes = bySeq.get(message.seq);
      if (changes !== undefined) return { ...overlaid(message, changes, own), pending: true };
      let shown = untouched.get(message);
      if (shown === undefined) untouched.set(message, (shown = { ...message, pending: false }));
      return shown;
    });
  };
}

/** One message with the changes that are on their way. */
export function withChanges(own: number, message: Message, items: Item[]): Message {
  const changes = items.filter(changesOne).filter(({ fields, state }) => fields.seq === message.seq && goes(state));
  return changes.length === 0 ? message : overlaid(message, changes, own);
}

function goes(state: ItemState): boolean {
  return state !== "failed" && state !== "conflict";
}

const KINDS = [
  "message.edit",
  "message.delete",
  "message.pin",
  "message.unpin",
  "reaction.add",
  "reaction.remove",
] as const;
type Overlay = ItemOf<(typeof KINDS)[number]>;

function changesOne(item: Item): item is Overlay {
  return (KINDS as readonly string[]).includes(item.kind);
}

function overlaid(message: Message, items: Overlay[], own: number): Omit<Shown, "pending"> {
  return items.reduce<Omit<Shown, "pending">>((shown, item) => laidOver(shown, item, own), message);
}

function laidOver(message: Message, item: Overlay, own: number): Omit<Shown, "pending"> {
  const at = new Date(item.at).toISOString();
  switch (item.kind) {
    case "message.edit":
      return edited(message, item, at);
    case "message.delete":
      return { ...message, text: "", files: [], reactions: [], deleted_at: at };
    case "message.pin":
      return { ...message, pinned_at: at, pinned_by: own };
    case "message.unpin":
      return { ...message, pinned_at: null, pinned_by: null };
    case "reaction.add":
      return react(message, item.fields.emoji, own, true);
    case "reaction.remove":
      return react(message, item.fields.emoji, own, false);
  }
}

function edited(message: Message, { fields }: ItemOf<"message.edit">, at: string): Omit<Shown, "pending"> {
  const { text, file_ids, files: adding = [] } = fields;
  const held = new Map(message.files.map((file) => [file.id, file]));
  // None named: they stay as they are.
  const files = file_ids?.flatMap((id) => held.get(id) ?? []) ?? message.files;
  return { ...message, text, files, edited_at: at, ...(adding.length > 0 ? { adding } : {}) };
}

function react(message: Message, emoji: string, own: number, add: boolean): Message {
  const group = message.reactions.find((reaction) => reaction.emoji === emoji);
  // Its event may be here before its answer.
  if (add === (group?.user_ids.includes(own) ?? false)) return message;
  return { ...message, reactions: reacted(message.reactions, { emoji, user_id: own }, add) };
}
