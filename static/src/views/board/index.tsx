// A chat's board: its header, the filters, and the columns, or how to begin.

import "../common/more-icons.ts";
import { useMemo } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { Missing } from "../common/missing.tsx";
import { usePlace } from "../hooks/place.ts";
import { ChatHeader } from "../chat/header.tsx";
import { useTitleOf } from "../chat/title.ts";
import { BackButton, Button, EmptyState, Skeleton } from "../common/index.ts";
import { Board } from "./board.tsx";
import { FiltersBar } from "./filters-bar.tsx";
import { filtersOf } from "./filters.ts";

export default function BoardScreen() {
  const place = usePlace("board");
  if (place === null) return null;
  return <Place key={place.chat_id} chat_id={place.chat_id} query={place.filters} />;
}

function Place({ chat_id, query }: { chat_id: number; query: Record<string, string> }) {
  const { chats } = useAccount();
  const { t } = useWords();
  const title = useTitleOf(chat_id);
  const known = chats.of(chat_id).value !== null;
  const filters = useMemo(() => filtersOf(query), [query]);
  return (
    <section class="board" aria-label={t("board.title", { title })}>
      {known ? <ChatHeader id={chat_id} at="board" /> : <BoardHead title={title} />}
      <Inside chat_id={chat_id} filters={filters} />
    </section>
  );
}

/** Of a chat that is not there (yet): a way back. */
function BoardHead({ title }: { title: string }) {
  return (
    <header class="board-head">
      <BackButton />
      <h1 class="board-title">{title}</h1>
    </header>
  );
}

function Inside({ chat_id, filters }: { chat_id: number; filters: ReturnType<typeof filtersOf> }) {
  const { chats, boards, outbox, writing } = useAccount();
  const { router } = useModel();
  const { t } = useWords();
  const chat = chats.of(chat_id).value;
  if (chat === null) {
    if (!chats.complete.value) return <Skeleton kind="cards" rows={4} />;
    return <Missing chat_id={chat_id} />;
  }
  const { columns, unsorted } = boards.of(chat_id).value;
  const asked = outbox.items.value.some(({ kind, chat_id: of, fields }) => kind === "chat.update" && of === chat_id && fields["board"] === true);
  if (!chat.chat.board && columns.length === 0 && unsorted.length === 0) {
    return (
      <EmptyState icon="board" title={t("board.no_board_title")} text={t("board.no_board")}>
        {chats.may(chat_id, "edit_chat") ? (
          <Button kind="main" busy={asked} onClick={() => writing.setBoard(chat_id, true)}>
            {t(asked ? "board.pending" : "board.make")}
          </Button>
        ) : (
          <Button icon="chat" onClick={() => router.go({ name: "chat", chat_id })}>
            {t("filespanel.to_chat")}
          </Button>
        )}
      </EmptyState>
    );
  }
  return (
    <>
      <FiltersBar chat_id={chat_id} filters={filters} />
      <Board chat_id={chat_id} filters={filters} />
    </>
  );
}
