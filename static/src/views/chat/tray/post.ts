// Sends what is in a tray, once: photos that are still being made ready are waited for.

import type { Account } from "../../../models/account.ts";
import type { LocalFile } from "../../../models/local-files.ts";
import { filesOf } from "../../../models/uploads/files.ts";
import { photosOf } from "../../../models/uploads/photos.ts";

/** Trays whose message waits for its photos: pressed again it is not sent twice. */
const waiting = new Set<string>();

export async function postFiles(account: Account, where: string, send: (files: LocalFile[]) => void): Promise<void> {
  if (waiting.has(where)) return;
  waiting.add(where);
  try {
    const files = await photosOf(account).settle(filesOf(account).tray(where));
    send(files);
    for (const { id } of files) photosOf(account).drop(id);
  } finally {
    waiting.delete(where);
  }
}
