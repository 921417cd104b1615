// What is held of the messages that come is read before they are applied: one by one, each would wait
// for the one before.

import type { Frame } from "../lib/socket.ts";
import type { Batch } from "./batch.ts";
import type { Event, Message } from "./types.ts";

/** One request for each chat that several messages are made in. */
export async function readAhead(batch: Batch, frames: Frame[]): Promise<void> {
  const made = frames.filter(({ type }) => type === "message.created") as unknown as Event[];
  const reads: Promise<void>[] = [];
  for (const [chat_id, events] of Map.groupBy(made, ({ stream }) => stream)) {
    const seqs = events.map(({ data }) => (data as Message).seq);
    if (seqs.length > 1) reads.push(batch.readAhead(chat_id, seqs));
  }
  await Promise.all(reads);
}
