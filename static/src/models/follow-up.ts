// What is left to do when a message that waited turns out to be stored already. Pure.

import type { Item, ItemOf } from "./rows.ts";
import type { Message } from "./types.ts";

/** It was on its way once, and was then changed, or given up; null when nothing is left. */
export function followUp(item: ItemOf<"message.send" | "message.unsend">, { chat_id, seq, text, files }: Message): Item | null {
  const fields = { chat_id, seq };
  const again = { ...item, key: crypto.randomUUID(), edited: false, quiet: false, tries: 0 };
  if (item.kind === "message.unsend") return { ...again, kind: "message.delete", fields };
  if (!item.edited) return null;
  const { text: wanted, file_ids = [], files: local = [] } = item.fields;
  // Of an archive nobody knows how many it became.
  const fewer = file_ids.length + local.length < files.length && !local.some(({ unpack }) => unpack);
  if (wanted.trim() === text && !fewer) return null;
  const changed = { ...fields, text: wanted, ...(fewer ? { file_ids, files: local } : {}) };
  return { ...again, kind: "message.edit", fields: changed, seen: { text } };
}
