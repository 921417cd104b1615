// What is left to do when a message that waited turns out to be stored already. Pure.

import type { Item, ItemOf } from "./rows.ts";
import type { Message } from "./types.ts";

/** It was on its way once, and was then changed, or given up; null when nothing is left. */
export function followUp(item: ItemOf<"message.send" | "message.unsend">, { chat_id, seq, text }: Message): Item | null {
  const fields = { chat_id, seq };
  const again = { ...item, key: crypto.randomUUID(), edited: false, quiet: false, tries: 0 };
  if (item.kind === "message.unsend") return { ...again, kind: "message.delete", fields };
  const wanted = item.fields.text;
  if (!item.edited || wanted.trim() === text) return null;
  return { ...again, kind: "message.edit", fields: { ...fields, text: wanted }, seen: { text } };
}
