// What a message answers: who said it and how it began; it leads there.

import "./quote.css";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { arranged, isPhoto, Thumb } from "../files/index.ts";
import { saidIn } from "../files/said.ts";

export function Quote({ chat_id, seq }: { chat_id: number; seq: number }) {
  const { chats, people } = useAccount();
  const { router } = useModel();
  const words = useWords();
  const { t } = words;
  const message = chats.message(chat_id, seq).value;
  const gone = message === null || message.deleted_at !== null;
  const [seen] = gone ? [] : arranged(message.files).pictures;
  return (
    <a class={`quote ${seen === undefined ? "" : "quote-pictured"}`} href={router.href({ name: "chat", chat_id, seq })}>
      {seen !== undefined && isPhoto(seen) && <Thumb file={seen} size={32} />}
      {message !== null && (
        <span dir="auto" class={`quote-name person-c${people.colour(message.sender_id)}`}>{people.name(message.sender_id)}</span>
      )}
      <span class="quote-text" dir="auto">
        {message === null ? t("chat.quote_missing") : gone ? t("chat.deleted") : saidIn(message, words)}
      </span>
    </a>
  );
}
