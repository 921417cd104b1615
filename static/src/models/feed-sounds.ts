// Which voice message is heard after one: the next of its chat that is on this device.

import type { Replica } from "./replica.ts";
import type { File, Message } from "./types.ts";

/** So many messages are looked through at the most: what is further on was hardly meant to follow. */
const FAR = 200;

export interface Heard {
  message: Message;
  file: File;
}

/** Null where there is none. */
export async function voiceAfter(replica: Replica, chat_id: number, seq: number, file_id: string): Promise<Heard | null> {
  const range = IDBKeyRange.bound([chat_id, seq], [chat_id, Infinity]);
  const messages = await replica.read((database) => database.getAll("messages", range, FAR));
  const files = messages.flatMap((message) =>
    message.deleted_at === null ? message.files.map((file) => ({ message, file })) : [],
  );
  const at = files.findIndex(({ file }) => file.id === file_id);
  return files.slice(at + 1).find(({ file }) => file.shown_as === "voice") ?? null;
}
