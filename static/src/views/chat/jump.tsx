// Down to the newest message, and how many one has not seen of them.

import "./jump.css";
import { useAccount, useWords } from "../hooks/context.ts";
import { Badge, Icon, tip } from "../common/index.ts";
import type { FeedView } from "./feed-view.ts";

export function JumpToLatest({ view, chat_id }: { view: FeedView; chat_id: number }) {
  const { chats } = useAccount();
  const { t } = useWords();
  const away = !view.scroll.stuck.value;
  const count = chats.of(chat_id).value?.unread ?? 0;
  return (
    <div class="jump" role="status">
      {away && view.days.value.length > 0 && (
        <button
          type="button"
          class="jump-button"
          aria-label={count > 0 ? t("chat.jump_new", { count }) : t("chat.jump")}
          {...tip(t("chat.jump"), "end")}
          onClick={() => void view.down()}
        >
          <Icon name="arrowDown" />
          <Badge count={count} />
        </button>
      )}
    </div>
  );
}
