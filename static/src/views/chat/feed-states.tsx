// What stands in a chat instead of messages: nothing yet, still loading, not to be had.

import { useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import { lazy } from "../common/lazy.tsx";
import { reason } from "../../lib/reasons.ts";
import { Button, EmptyState, ErrorState, RequestId, Skeleton } from "../common/index.ts";
import type { ChatDialogsProps } from "./chat-dialogs.tsx";
import type { FeedView } from "./feed-view.ts";

const ChatDialogs = lazy<ChatDialogsProps>(() => import("./chat-dialogs.tsx"));

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
      <RequestId error={error} />
    </div>
  );
}

/** What to begin with: others, where one is alone; else the first message. */
export function FeedEmpty({ chat_id }: { chat_id: number }) {
  const { chats } = useAccount();
  const { t } = useWords();
  const [asked, setAsked] = useState(false);
  const members = chats.members(chat_id).value.length;
  const entry = chats.of(chat_id).value;
  if (entry === null) return null;
  const { notebook, other } = entry;
  if (members === 1 && chats.may(chat_id, "members")) {
    return (
      <EmptyState icon="people" title={t("chat.empty_alone")} text={t("chat.empty_alone_text")}>
        <Button kind="main" icon="personAdd" onClick={() => setAsked(true)}>
          {t("chat.add_people")}
        </Button>
        {asked && <ChatDialogs asked="people" entry={entry} onClose={() => setAsked(false)} />}
      </EmptyState>
    );
  }
  const title = notebook ? "chat.empty_notebook" : other === null ? "chat.empty" : "chat.empty_direct";
  const write = (): void => document.querySelector<HTMLElement>(".composer-text")?.focus();
  return (
    <EmptyState
      icon={notebook ? "note" : "chat"}
      title={t(title, { name: entry.title })}
      text={t(notebook ? "chat.empty_notebook_text" : "chat.empty_text")}
    >
      <Button icon="edit" onClick={write}>
        {t("chat.write")}
      </Button>
    </EmptyState>
  );
}
