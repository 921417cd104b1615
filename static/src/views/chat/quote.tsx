// What a message answers: who said it and how it began; it leads there.

import "./quote.css";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { plainText } from "../../lib/markdown.ts";

export function Quote({ chat_id, seq }: { chat_id: number; seq: number }) {
  const { chats, people } = useAccount();
  const { router } = useModel();
  const { t } = useWords();
  const message = chats.message(chat_id, seq).value;
  const gone = message === null || message.deleted_at !== null;
  return (
    <a class="quote" href={router.href({ name: "chat", chat_id, seq })}>
      {message !== null && (
        <span dir="auto" class={`quote-name person-c${people.colour(message.sender_id)}`}>{people.name(message.sender_id)}</span>
      )}
      <span class="quote-text" dir="auto">
        {message === null ? t("chat.quote_missing") : gone ? t("chat.deleted") : plainText(message.text)}
      </span>
    </a>
  );
}
