// An address that leads nowhere, or to something one may not see (any more).

import { Button, EmptyState } from "./index.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";

/** `chat_id`: whose place it is; of a chat one was in, what has become of that is said. */
export function Missing({ chat_id = 0 }: { chat_id?: number }) {
  const { router } = useModel();
  const { chats } = useAccount();
  const { t } = useWords();
  const former = chats.former(chat_id);
  const about = former === null ? null : former.deleted ? "app.former_deleted" : "app.former";
  return (
    <EmptyState
      icon={about === null ? "search" : "leave"}
      title={about === null ? t("app.missing_title") : t(about, { title: former?.title ?? "" })}
      text={t(about === null ? "app.missing" : `${about}_text`)}
    >
      <Button kind="main" onClick={() => router.go({ name: "chats" })}>
        {t("app.to_chats")}
      </Button>
    </EmptyState>
  );
}
