// Above the messages: that a jump has left unread ones behind. They stay unread until they were seen, or
// one says that they need not be.

import "./passed.css";
import { useAccount, useWords } from "../hooks/context.ts";
import { Button, IconButton } from "../common/index.ts";
import type { FeedView } from "./feed-view.ts";

export function Passed({ view, chat_id }: { view: FeedView; chat_id: number }) {
  const { chats } = useAccount();
  const { t } = useWords();
  const count = chats.of(chat_id).value?.unread ?? 0;
  if (!view.passed.value || count === 0) return null;
  return (
    <div class="passed" role="status">
      <Button kind="quiet" small icon="up" onClick={() => void view.toUnread()}>
        {t("chat.passed", { count })}
      </Button>
      <IconButton small icon="checks" label={t("chats.mark_read")} onClick={() => view.markRead()} />
    </div>
  );
}
