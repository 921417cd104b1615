// A text about a task, as people read it: its description, a comment.

import "./said.css";
import { useProse } from "../chat/prose.ts";

export function Said({ text, chat_id }: { text: string; chat_id: number }) {
  return <div class="said">{useProse(text, chat_id)}</div>;
}
