// The face of a chat: the other person's, or its own.

import type { ChatEntry } from "../../models/entries.ts";
import { Avatar, ChatFace } from "../common/index.ts";

export function Face({ entry, title, size = 40 }: { entry: ChatEntry; title: string; size?: 32 | 40 | 48 | 96 }) {
  if (entry.other !== null) return <Avatar user_id={entry.other.id} size={size} presence />;
  if (entry.notebook) return <ChatFace id={entry.id} icon="note" size={size} />;
  const { id, chat } = entry;
  if (chat.kind === "org") return <ChatFace id={id} icon="people" url={chat.avatar_url} size={size} />;
  return <ChatFace id={id} title={title} url={chat.avatar_url} size={size} />;
}
