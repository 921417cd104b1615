// Forwarding a message into another chat: shown there at once, as it will be read.

import type { Account } from "./account.ts";
import type { Message } from "./types.ts";

export function forward({ chats, people, outbox }: Account, message: Message, to: number): void {
  const { chat_id, seq, text, files } = message;
  const chat = chats.row(chat_id)?.chat;
  // A copy of a copy names the first author.
  const forwarded_from = message.forwarded_from ?? {
    chat_kind: chat?.kind ?? "group",
    chat_title: chat?.title ?? null,
    author_id: message.sender_id,
    author: people.name(message.sender_id),
    at: message.created_at,
  };
  outbox.write({
    kind: "message.forward",
    // It goes behind what was written there before it.
    chat_id: to,
    fields: { chat_id, seqs: [seq], to: [to], copies: [{ text, forwarded_from, files }] },
  });
}
