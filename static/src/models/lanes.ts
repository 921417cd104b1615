// What of a chat waits for files that are on their way. Pure.

import type { Item } from "./rows.ts";
import { fieldsOf } from "./writes.ts";

/** A write that waits for its files, and how long those behind it wait for it. */
export interface Waiting {
  item: Item;
  ms: number;
}

/** A message keeps its place behind files that come soon; a change of a message, behind another of it. */
export function isBehind(item: Item, { item: waiting, ms }: Waiting): boolean {
  if (item.chat_id !== waiting.chat_id || waiting.kind === "task.attach") return false;
  if (waiting.kind === "message.edit") return fieldsOf(item)["seq"] === waiting.fields.seq;
  return ms > 0 && (item.kind === "message.send" || item.kind === "message.forward");
}
