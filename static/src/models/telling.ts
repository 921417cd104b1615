// Which messages a person is told of while they look elsewhere: as they have chosen for each chat. Pure.

import { isMention } from "./batch.ts";
import type { ChatEntry } from "./entries.ts";
import type { Message } from "./types.ts";

/** `answered` is the message that it replies to, where that is known. */
export function isTold(chat: ChatEntry, message: Message, own: number, answered?: Message): boolean {
  if (message.sender_id === own || message.deleted_at !== null) return false;
  if (message.n <= chat.my.read_n || chat.muted) return false;
  if (chat.my.notify === "all" || chat.other !== null) return true;
  return isMention(message, own) || answered?.sender_id === own;
}
