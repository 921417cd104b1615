// Forwarding messages into another chat: shown there at once, as it will be read.

import type { Account } from "./account.ts";
import type { Message } from "./types.ts";
import type { Copy } from "./writes.ts";

/** Of one chat, in its order. */
export function forward(account: Account, messages: Message[], to: number): void {
  const [first] = messages;
  if (first === undefined) return;
  const seqs = messages.map(({ seq }) => seq);
  const copies = messages.map((message) => copyOf(account, message));
  account.outbox.write({
    kind: "message.forward",
    // It goes behind what was written there before it.
    chat_id: to,
    fields: { chat_id: first.chat_id, seqs, to: [to], copies },
  });
}

function copyOf({ chats, people }: Account, message: Message): Copy {
  const { chat_id, text, files } = message;
  const chat = chats.row(chat_id)?.chat;
  // A copy of a copy names the first author.
  const forwarded_from = message.forwarded_from ?? {
    chat_kind: chat?.kind ?? "group",
    chat_title: chat?.title ?? null,
    author_id: message.sender_id,
    author: people.of(message.sender_id).value?.display_name ?? "…",
    at: message.created_at,
  };
  return { text, forwarded_from, files };
}
