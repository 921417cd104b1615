// What is shown of messages whose changes are still on their way. Pure.

import { reacted } from "../apply.ts";
import type { Item, ItemState } from "../rows.ts";
import type { Message } from "../types.ts";

/** A message as shown; `pending` while a change of it is on its way. */
export interface Shown extends Message {
  pending: boolean;
}

/** A message of one's own that is not stored yet. */
export interface Waiting {
  order: number;
  key: string;
  text: string;
  reply_to: number | null;
  task_id: number | null;
  state: ItemState;
  error: Item["error"];
  at: number;
}

export function waitingOf(items: Item[]): Waiting[] {
  return items
    .filter((item) => item.kind === "message.send")
    .map(({ order, key, fields, state, error, at }) => ({
      order,
      key,
      text: fields["text"] as string,
      reply_to: (fields["reply_to"] as number | undefined) ?? null,
      task_id: (fields["task_id"] as number | undefined) ?? null,
      state,
      error,
      at,
    }));
}

/** Lays changes on their way over messages; what has none stays the same object. */
export function showPending(own: number): (messages: Message[], items: Item[]) => Shown[] {
  const untouched = new WeakMap<Message, Shown>();
  return (messages, items) => {
    const bySeq = Map.groupBy(
      items.filter(({ kind, state }) => kind in OVERLAYS && state !== "failed" && state !== "conflict"),
      (item) => item.fields["seq"] as number,
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

type Overlay = (message: Message, item: Item, own: number) => Message;

const OVERLAYS: Record<string, Overlay> = {
  "message.edit": (message, { fields, at }) => ({
    ...message,
    text: fields["text"] as string,
    edited_at: new Date(at).toISOString(),
  }),
  "message.delete": (message, { at }) => ({
    ...message,
    text: "",
    files: [],
    reactions: [],
    deleted_at: new Date(at).toISOString(),
  }),
  "message.pin": (message, { at }, own) => ({
    ...message,
    pinned_at: new Date(at).toISOString(),
    pinned_by: own,
  }),
  "message.unpin": (message) => ({ ...message, pinned_at: null, pinned_by: null }),
  "reaction.add": (message, item, own) => react(message, item, own, true),
  "reaction.remove": (message, item, own) => react(message, item, own, false),
};

function overlaid(message: Message, items: Item[], own: number): Message {
  return items.reduce((shown, item) => OVERLAYS[item.kind]?.(shown, item, own) ?? shown, message);
}

function react(message: Message, item: Item, own: number, add: boolean): Message {
  const emoji = item.fields["emoji"] as string;
  const group = message.reactions.find((reaction) => reaction.emoji === emoji);
  // Its event may be here before its answer.
  if (add === (group?.user_ids.includes(own) ?? false)) return message;
  return { ...message, reactions: reacted(message.reactions, { emoji, user_id: own }, add) };
}
