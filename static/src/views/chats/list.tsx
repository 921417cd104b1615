// The list of chats.

import "./chats.css";
import { useAccount, useModel, useWords } from "../../app/context.ts";
import type { ChatEntry } from "../../models/entries.ts";

export default function ChatList() {
  const { chats } = useAccount();
  const { t } = useWords();
  const list = chats.list.value;
  return (
    <>
      <h2 class="chats-title">{t("chats.title")}</h2>
      {list.length === 0 && chats.ready.value && <p class="chats-empty">{t("chats.empty")}</p>}
      <ul class="chats">
        {list.map((chat) => (
          <Row key={chat.id} chat={chat} />
        ))}
      </ul>
    </>
  );
}

function Row({ chat }: { chat: ChatEntry }) {
  const { router } = useModel();
  const { t, short } = useWords();
  const place = router.place.value;
  const here = place.name === "chat" && place.chat_id === chat.id;
  const title = chat.notebook ? t("chats.notebook") : chat.title || t("chats.common");
  const count = chat.unread;
  return (
    <li>
      <a
        class="chats-row"
        href={router.href({ name: "chat", chat_id: chat.id })}
        aria-current={here ? "page" : undefined}
      >
        <span class="chats-name">{title}</span>
        {chat.last && <time class="chats-time">{short(chat.last.created_at)}</time>}
        <span class="chats-last">
          {chat.draft ? `${t("chats.draft")} ${chat.draft}` : (chat.last?.text ?? "")}
        </span>
        {count > 0 && (
          <span class="chats-unread" aria-label={t("chats.unread", { count })}>
            {count}
          </span>
        )}
      </a>
    </li>
  );
}
