// What stands in a chat instead of messages: nothing yet, still loading, not to be had.

import { useAccount, useWords } from "../../app/context.ts";
import { reason } from "../../app/reasons.ts";
import { Button, EmptyState, ErrorState, Skeleton } from "../common/index.ts";
import type { FeedView } from "./feed-view.ts";

export function FeedLoading() {
  return (
    <div class="feed-loading">
      <Skeleton kind="text" rows={8} />
    </div>
  );
}

export function FeedFailed({ view }: { view: FeedView }) {
  const { t } = useWords();
  const { feed } = view;
  return <ErrorState title={t("chat.load_failed")} error={feed.error.value} retry={() => void feed.latest()} />;
}

/** Above the messages: older ones did not come. They are fetched by themselves otherwise. */
export function Further({ view }: { view: FeedView }) {
  const words = useWords();
  const { feed } = view;
  const error = feed.error.value;
  if (error === null || feed.state.value !== "ready") return null;
  return (
    <div class="feed-further" role="alert">
      <span>{words.t("chat.failed", { reason: reason(error, words) })}</span>
      <Button small icon="retry" onClick={() => void feed.loadOlder()}>
        {words.t("app.retry")}
      </Button>
    </div>
  );
}

export function FeedEmpty({ chat_id }: { chat_id: number }) {
  const { chats } = useAccount();
  const { t } = useWords();
  const entry = chats.of(chat_id).value;
  if (entry?.notebook) return <EmptyState icon="note" title={t("chat.empty_notebook")} text={t("chat.empty_notebook_text")} />;
  const name = entry?.other?.display_name;
  return (
    <EmptyState
      icon="chat"
      title={name === undefined ? t("chat.empty") : t("chat.empty_direct", { name })}
      text={t("chat.empty_text")}
    />
  );
}
