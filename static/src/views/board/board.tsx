// The columns and what moves between them: by dragging, by keys, by a menu.

import "./board.css";
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { useBreakpoint } from "../hooks/breakpoint.ts";
import { feedOf } from "../../models/feeds.ts";
import type { TaskView } from "../../models/overlays/tasks.ts";
import { Conflict } from "../card/conflict.tsx";
import { Button, Dialog, useLayers } from "../common/index.ts";
import { AddColumn } from "./add-column.tsx";
import { BoardColumn, Unsorted } from "./column.tsx";
import type { BoardShared } from "./context.ts";
import { useBoardEvents } from "./events.ts";
import { useCardSpots } from "./files.ts";
import { type Filters, passing } from "./filters.ts";
import { useHand } from "./hand.ts";
import { useCardMenus } from "./menus.ts";
import { Pages } from "./pages.tsx";

export function Board({ chat_id, filters }: { chat_id: number; filters: Filters }) {
  const { boards, chats, tasks, user_id } = useAccount();
  const words = useWords();
  const { t } = words;
  const phone = useBreakpoint() === "phone";
  const box = useRef<HTMLDivElement>(null);
  const refocus = useRef<number | null>(null);
  const shared = useShared(chat_id);
  const [deciding, setDeciding] = useState<number | null>(null);
  const [said, say] = useState("");
  const live = boards.of(chat_id).value;
  const now = filters.due === null ? 0 : words.minute.value;
  const pass = useMemo(() => passing(filters, user_id, new Date(now)), [filters, user_id, now]);
  const shown = live.columns.map(({ column, tasks }) => ({ column, tasks: tasks.filter(pass) }));
  const unsorted = live.unsorted.filter(pass);
  const menus = useCardMenus((task) => {
    refocus.current = task.id;
  });
  const { openMove } = menus;
  const hand = useHand({ box, live, shown, unsorted, shared, draggable: !phone, say, openMove, refocus });
  const events = useBoardEvents({ shared, menus, longPress: phone, onConflict: setDeciding });
  useCardSpots(chat_id);
  const none = unsorted.length === 0 && shown.every(({ tasks }) => tasks.length === 0);
  const { router } = useModel();
  const showAll = (): void => router.go({ name: "board", chat_id, filters: {} }, { replace: true });
  const sayHidden = useSayHidden(showAll);
  const added = (column_id: number, task_id: number): void => {
    const task = tasks.of(task_id).peek();
    if (task !== null && !pass(task)) return sayHidden(task);
    const list = box.current?.querySelector(`[data-list="${column_id}"]`);
    requestAnimationFrame(() => list?.scrollTo({ top: list.scrollHeight }));
  };
  return (
    <>
      {phone && <Pages box={box} columns={hand.columns} />}
      {none && live.columns.some(({ tasks }) => tasks.length > 0) && (
        <p class="board-none" role="status">
          {t("board.none_shown")}
          <Button small onClick={showAll}>
            {t("board.filter_clear")}
          </Button>
        </p>
      )}
      <div
        ref={box}
        class="board-columns"
        role="group"
        aria-label={t("board.columns")}
        {...events}
        onKeyDown={hand.pressed}
      >
        {unsorted.length > 0 && <Unsorted shown={unsorted} board={shared} />}
        {hand.columns.map(({ column, tasks }) => (
          <BoardColumn
            key={column.id}
            column={column}
            shown={tasks}
            count={live.columns.find((each) => each.column.id === column.id)?.tasks.length ?? 0}
            columns={live.columns}
            board={shared}
            onAdded={added}
          />
        ))}
        {chats.may(chat_id, "columns") && <AddColumn chat_id={chat_id} />}
      </div>
      <p id={shared.help} hidden>
        {t("board.keys")}
      </p>
      <div class="for-readers" role="status" aria-live="assertive">
        {said}
      </div>
      {deciding !== null && <Deciding id={deciding} onClose={() => setDeciding(null)} />}
    </>
  );
}

/** A card that the filters leave out does not vanish without a word. */
function useSayHidden(run: () => void): (task: TaskView) => void {
  const { t } = useWords();
  const { toast } = useLayers();
  return ({ title }) => {
    toast({ text: t("board.added_hidden", { title }), action: { label: t("board.filter_clear"), run } });
  };
}

/** Of a card in conflict: which of both to keep. */
function Deciding({ id, onClose }: { id: number; onClose: () => void }) {
  const { tasks } = useAccount();
  const { router } = useModel();
  const { t } = useWords();
  const task = tasks.of(id).value;
  if (task === null || task.conflict === null) return null;
  return (
    <Dialog title={task.title} size="small" onClose={onClose}>
      <Conflict task={task} onDone={onClose} />
      <p class="board-decide">
        <a href={router.href({ name: "task", task_id: id })} onClick={onClose}>
          {t("board.open")}
        </a>
      </p>
    </Dialog>
  );
}

/** What all cards share, as one object for as long as the board is shown. */
function useShared(chat_id: number): BoardShared {
  const { chats, tasks, user_id } = useAccount();
  const focus = useSignal<number | null>(null);
  const held = useSignal<number | null>(null);
  const help = useId();
  const feed = feedOf(chats, chat_id);
  useEffect(() => feed.open(), [feed]);
  const talk = useComputed(() => {
    const read = chats.row(chat_id)?.my.read_seq ?? Infinity;
    const sources = new Set(tasks.inChat(chat_id).value.map((task) => task.source_seq));
    const unread = new Map<number, number>();
    for (const { seq, task_id, sender_id, deleted_at } of feed.messages.value) {
      if (task_id === null || seq <= read || sender_id === user_id || deleted_at !== null) continue;
      if (!sources.has(seq)) unread.set(task_id, (unread.get(task_id) ?? 0) + 1);
    }
    return unread;
  });
  return useMemo(() => ({ chat_id, focus, held, talk, help }), [chat_id, focus, held, talk, help]);
}
