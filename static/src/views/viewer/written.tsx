// The words of a message under its photo.

import { useProse } from "../chat/prose.ts";

export interface WrittenProps {
  text: string;
  chat_id: number;
}

export default function Written({ text, chat_id }: WrittenProps) {
  return (
    <div class="viewer-caption prose" tabIndex={0}>
      {useProse(text, chat_id)}
    </div>
  );
}
