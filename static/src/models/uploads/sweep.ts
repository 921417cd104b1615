// Which local files are still needed: those of messages that wait, and of trays. What nobody needs any
// more goes, with what was noted of its upload.

import type { Database } from "../database.ts";
import type { LocalFile, UploadRow } from "../local-files.ts";
import type { Item } from "../rows.ts";

/** The files that a write still has to bring to the server. */
export function filesOf(item: Item): LocalFile[] {
  switch (item.kind) {
    case "message.send":
    case "message.edit":
    case "task.attach":
      return item.fields.files ?? [];
    default:
      return [];
  }
}

/** Forget the files that nothing needs; the result is what was known of their uploads. */
export async function sweep(database: Database): Promise<UploadRow[]> {
  const tx = database.transaction(["outbox", "trays", "blobs", "uploads"], "readwrite");
  const [blobs, uploads] = [tx.objectStore("blobs"), tx.objectStore("uploads")];
  const trays = await tx.objectStore("trays").getAll();
  const items = await tx.objectStore("outbox").getAll();
  const needed = new Set([...trays.flatMap(({ files }) => files), ...items.flatMap(filesOf)].map(({ id }) => id));
  for (const id of await blobs.getAllKeys()) if (!needed.has(id)) void blobs.delete(id);
  const rows = (await uploads.getAll()).filter(({ id, report }) => !needed.has(id) && report === null);
  for (const { id } of rows) void uploads.delete(id);
  for (const { where, files } of trays) if (files.length === 0) void tx.objectStore("trays").delete(where);
  await tx.done;
  return rows;
}
