// The columns and what moves between them: by dragging, by keys, by a menu.

import "./board.css";
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useAccount, useModel, useWords } from "../../app/context.ts";
import { useRoom } from "../../app/screen-size.ts";
import type { ColumnView, TaskView } from "../../models/planned.ts";
import { Conflict } from "../card/conflict.tsx";
import { Dialog, useMenuGesture } from "../common/index.ts";
import { AddColumn } from "./add-column.tsx";
import { BoardColumn, Unsorted } from "./column.tsx";
import type { BoardShared } from "./context.ts";
import { type Drop, useDrag } from "./drag.ts";
import { type Filters, passing } from "./filters.ts";
import { cardAfter } from "./lift.ts";
import { useCardMenus } from "./menus.ts";
import { Pages } from "./pages.tsx";
import { cardElement, useBoardKeys } from "./keys.ts";

export function Board({ chat_id, filters }: { chat_id: number; filters: Filters }) {
  const { boards, tasks, chats, user_id } = useAccount();
  const { router } = useModel();
  const { t } = useWords();
  const room = useRoom();
  const box = useRef<HTMLDivElement>(null);
  const live = boards.of(chat_id).value;
  const pass = useMemo(() => passing(filters, user_id, new Date()), [filters, user_id]);
  const shownNow = live.columns.map(({ column, tasks: own }) => ({ column, tasks: own.filter(pass) }));
  const unsorted = live.unsorted.filter(pass);
  const shared = useShared(chat_id);
  const [deciding, setDeciding] = useState<number | null>(null);
  const [said, say] = useState("");
  // While a card is in the hand nothing else moves.
  const [frozen, setFrozen] = useState<ColumnView[] | null>(null);
  const refocus = useRef<number | null>(null);

  const put = ({ id, column_id, index }: Drop): void => {
    const all = live.columns.find(({ column }) => column.id === column_id);
    const shown = (frozen ?? shownNow).find(({ column }) => column.id === column_id);
    if (all === undefined || shown === undefined) return;
    tasks.move(id, column_id, cardAfter(all.tasks, shown.tasks, index, id));
    refocus.current = id;
  };
  const keys = useBoardKeys({
    columns: frozen ?? shownNow,
    unsorted,
    shared,
    say,
    onLift: () => setFrozen(shownNow),
    onDrop: (drop) => {
      if (drop !== null) put(drop);
      setFrozen(null);
    },
    openMove: (task, at) => menus.openMove(task, at),
    refocus,
  });
  const menus = useCardMenus((task, column) => {
    refocus.current = task.id;
    say(t("board.moved", { title: task.title, column }));
  });
  const columns = keys.columns;
  const lists = live.columns.map(({ column }) => column.id).join() + (unsorted.length > 0);
  useDrag(box, lists, room !== "phone", {
    onStart: () => setFrozen(shownNow),
    onEnd: (drop) => {
      if (drop !== null) put(drop);
      setFrozen(null);
    },
  });
  useLayoutEffect(() => {
    const id = refocus.current;
    if (id === null) return;
    const card = cardElement(box.current, tasks.real(id));
    if (card === null) return;
    refocus.current = null;
    // Only from where it would be lost, or from the card itself.
    const lost = document.activeElement === document.body || box.current?.contains(document.activeElement);
    if (lost) card.focus();
  });

  const taskOf = (id: number): TaskView | null => tasks.of(id).peek();
  const gesture = useMenuGesture((at) => {
    const id = idAt(document.elementFromPoint(at.x, at.y));
    const task = id === null ? null : taskOf(id);
    if (task !== null) menus.openCard(task, at);
  });
  const onCard = <E extends Event>(act: (event: E) => void) => (event: E): void => {
    if (idAt(event.target) !== null) act(event);
  };
  const pressed = (event: MouseEvent): void => {
    const button = (event.target as Element).closest<HTMLElement>("[data-menu], [data-conflict]");
    const { menu, conflict } = button?.dataset ?? {};
    const task = menu === undefined ? null : taskOf(Number(menu));
    if (task !== null && button) menus.openCard(task, button);
    if (conflict !== undefined) setDeciding(Number(conflict));
  };
  const decided = deciding === null ? null : taskOf(deciding);
  const none = shownNow.every(({ tasks: own }) => own.length === 0) && unsorted.length === 0;
  const hidden = none && live.columns.some(({ tasks: own }) => own.length > 0);
  return (
    <>
      {room === "phone" && <Pages box={box} columns={columns} />}
      {hidden && (
        <p class="board-none" role="status">
          {t("board.none_shown")}
        </p>
      )}
      <div
        ref={box}
        class="board-columns"
        role="group"
        aria-label={t("board.columns")}
        {...gesture}
        onContextMenu={onCard(gesture.onContextMenu)}
        onPointerDown={(event) => {
          if (room === "phone") onCard(gesture.onPointerDown)(event);
        }}
        onClick={pressed}
        onKeyDown={keys.pressed}
        onFocusIn={(event) => {
          const id = idAt(event.target);
          if (id !== null) shared.focus.value = id;
        }}
      >
        {unsorted.length > 0 && <Unsorted shown={unsorted} board={shared} />}
        {columns.map(({ column, tasks: own }) => (
          <BoardColumn
            key={column.id}
            column={column}
            shown={own}
            count={live.columns.find((each) => each.column.id === column.id)?.tasks.length ?? 0}
            columns={live.columns}
            board={shared}
            onAdded={(id) => {
              const list = box.current?.querySelector(`[data-list="${id}"]`);
              requestAnimationFrame(() => list?.scrollTo({ top: list.scrollHeight }));
            }}
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
      {decided?.conflict && (
        <Dialog title={decided.title} size="small" onClose={() => setDeciding(null)}>
          <Conflict task={decided} onDone={() => setDeciding(null)} />
          <p class="board-decide">
            <a href={router.href({ name: "task", task_id: decided.id })} onClick={() => setDeciding(null)}>
              {t("board.open")}
            </a>
          </p>
        </Dialog>
      )}
    </>
  );
}

/** What all cards share, as one object for as long as the board is shown. */
function useShared(chat_id: number): BoardShared {
  const { chats, tasks, user_id } = useAccount();
  const focus = useSignal<number | null>(null);
  const held = useSignal<number | null>(null);
  const help = useId();
  const feed = chats.feed(chat_id);
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

function idAt(target: EventTarget | null): number | null {
  const card = target instanceof Element ? target.closest<HTMLElement>("[data-card]") : null;
  return card === null ? null : Number(card.dataset["card"]);
}
