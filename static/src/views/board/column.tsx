// A column: its name, how many cards it has and may have, the cards, and a field for the next.

import "./column.css";
import { useEffect, useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import { inTurn } from "../../lib/idle.ts";
import { useBreakpoint } from "../hooks/breakpoint.ts";
import type { Key } from "../../lib/locale.ts";
import { UNDO_MS } from "../../models/outbox.ts";
import type { ColumnView, TaskView } from "../../models/overlays/tasks.ts";
import type { Column } from "../../models/types.ts";
import { useCardActions } from "../card/actions.ts";
import { Editable } from "../card/editable.tsx";
import { Button, Dialog, Field, Icon, MenuButton, type MenuItem, useLayers } from "../common/index.ts";
import { BoardCard } from "./card.tsx";
import type { BoardShared } from "./context.ts";
import { ShowMoreDone, useMoreDone } from "./more-done.tsx";
import { QuickAdd } from "./quick-add.tsx";

/** A screenful of a column, that it is there at once. */
const FIRST = 12;
/** So many are drawn in a few milliseconds, also by a slow phone. */
const STEP = 6;

export interface BoardColumnProps {
  column: Column;
  /** The cards to show: those that pass the filters, where they are being put. */
  shown: TaskView[];
  /** How many there are, hidden ones too. */
  count: number;
  /** All columns, in their order. */
  columns: ColumnView[];
  board: BoardShared;
  onAdded: (column_id: number, task_id: number) => void;
}

export function BoardColumn({ column, shown, count, columns, board, onAdded }: BoardColumnProps) {
  const { t } = useWords();
  const phone = useBreakpoint() === "phone";
  const grown = useGrown(shown.length, useFirst(columns[0]?.column.id === column.id));
  const scrolls = useScrolls();
  const done = useMoreDone(column.id, columns.find((each) => each.column.id === column.id)?.tasks ?? []);
  const label = t("board.column", { title: column.title, tasks: t("tasks.count", { count }) });
  return (
    <section class="column" aria-label={label} data-column={column.id}>
      <Head column={column} count={count} more={done.more} columns={columns} />
      <ul class="column-cards" data-list={column.id} role="list" {...scrolls} aria-label={column.title}>
        {shown.slice(0, grown).map((task) => (
          <BoardCard key={task.id} task={task} board={board} />
        ))}
      </ul>
      {count === 0 && <p class="column-empty">{t(hintOf(column, columns, phone))}</p>}
      <ShowMoreDone {...done} />
      <QuickAdd column={column} onAdded={(task_id) => onAdded(column.id, task_id)} />
    </section>
  );
}

/** What to do in an empty column: fill the first of an empty board, bring cards to the others. */
function hintOf(column: Column, columns: ColumnView[], phone: boolean): Key {
  const none = columns.every(({ tasks }) => tasks.length === 0);
  if (none && columns[0]?.column.id === column.id) return "board.empty";
  return phone ? "board.empty_column_touch" : "board.empty_column";
}

/** How many cards to draw by now: what one sees at first, then the rest, a few at a time. */
function useGrown(total: number, first: number): number {
  const [grown, setGrown] = useState(first);
  useEffect(() => {
    if (total < grown - STEP) return setGrown(Math.max(first, total));
    return total > grown ? inTurn(() => setGrown(grown + STEP)) : undefined;
  }, [total, grown, first]);
  return grown;
}

/** Of a phone's pages one is in view. */
function useFirst(inView: boolean): number {
  return useBreakpoint() === "phone" && !inView ? 0 : FIRST;
}

/** A page of a phone is scrolled by keys too; elsewhere Tab comes to the cards alone. */
function useScrolls(): { tabIndex?: number } {
  return useBreakpoint() === "phone" ? { tabIndex: 0 } : {};
}

/** Open tasks of the chat that stand in no column; from here they are put somewhere. */
export function Unsorted({ shown, board }: { shown: TaskView[]; board: BoardShared }) {
  const { t } = useWords();
  const scrolls = useScrolls();
  return (
    <section class="column column-unsorted" aria-label={t("board.unsorted")} data-column={0}>
      <header class="column-head">
        <h2 class="column-title">{t("board.unsorted")}</h2>
        <span class="column-count">{shown.length}</span>
      </header>
      <ul class="column-cards" data-list={0} role="list" {...scrolls} aria-label={t("board.unsorted")}>
        {shown.map((task) => (
          <BoardCard key={task.id} task={task} board={board} />
        ))}
      </ul>
    </section>
  );
}

interface HeadProps {
  column: Column;
  count: number;
  /** Whether there are others that are not here. */
  more: boolean;
  columns: ColumnView[];
}

function Head({ column, count, more, columns }: HeadProps) {
  const { boards, chats } = useAccount();
  const { t } = useWords();
  const may = chats.may(column.chat_id, "columns") && column.id > 0;
  return (
    <header class="column-head">
      {column.is_done && (
        <span class="column-done">
          <Icon name="circleCheck" size={16} />
        </span>
      )}
      <h2 class="column-title">
        <Editable
          value={column.title}
          label={t("board.column_name")}
          name={`column.${column.id}.title`}
          base={{ version: column.version, title: column.title }}
          maxLength={100}
          oneWay
          disabled={!may}
          onSave={(title, base) => boards.changeColumn(column.id, { title }, base)}
        />
      </h2>
      <Count column={column} count={count} more={more} />
      {may && <ColumnMenu column={column} columns={columns} />}
    </header>
  );
}

function Count({ column, count, more }: { column: Column; count: number; more: boolean }) {
  const { t } = useWords();
  const { limit } = column;
  if (limit === null) return <span class="column-count">{more ? `${count}+` : count}</span>;
  const over = count > limit;
  return (
    <span class={`column-count ${over ? "column-over" : ""}`}>
      {over && <Icon name="warning" size={14} />}
      <span aria-hidden="true">
        {count} / {limit}
      </span>
      <span class="for-readers">{t(over ? "board.over" : "board.limit", { count, limit })}</span>
    </span>
  );
}

function ColumnMenu({ column, columns }: { column: Column; columns: ColumnView[] }) {
  const { boards } = useAccount();
  const { t } = useWords();
  const { archive } = useCardActions();
  const { toast } = useLayers();
  const [asked, setAsked] = useState(false);
  const { id } = column;
  const at = columns.findIndex((each) => each.column.id === id);
  const done = columns[at]?.tasks.filter((task) => task.status === "done" && task.id > 0) ?? [];
  const undoable = (undo: () => void): void =>
    toast({ text: t("board.column_changed", { title: column.title }), undo: { undo, until: Date.now() + UNDO_MS } });
  const change = (changes: { is_done: boolean }, before: { is_done: boolean }): void => {
    boards.changeColumn(id, changes);
    undoable(() => boards.changeColumn(id, before));
  };
  const move = (before: number | null): void => {
    const next = columns[at + 1]?.column.id ?? null;
    boards.moveColumn(id, before);
    undoable(() => boards.moveColumn(id, next));
  };
  const remove = (): void =>
    toast({ text: t("board.column_removed", { title: column.title }), undo: boards.removeColumn(id) });
  const items = (): MenuItem[] => [
    column.is_done && {
      label: t("board.archive_done"),
      icon: "archive",
      disabled: done.length === 0,
      run: () => archive(done),
    },
    { label: t("board.set_limit"), icon: "flag", run: () => setAsked(true) },
    {
      label: t("board.is_done"),
      icon: "circleCheck",
      checked: column.is_done,
      run: () => change({ is_done: !column.is_done }, { is_done: column.is_done }),
    },
    "line",
    at > 0 && {
      label: t("board.column_left"),
      icon: "back",
      run: () => move(columns[at - 1]?.column.id ?? null),
    },
    at < columns.length - 1 && {
      label: t("board.column_right"),
      icon: "move",
      run: () => move(columns[at + 2]?.column.id ?? null),
    },
    columns.length > 1 && "line",
    columns.length > 1 && { label: t("board.remove_column"), icon: "trash", danger: true, run: remove },
  ];
  return (
    <>
      <MenuButton small icon="more" label={t("board.column_menu", { title: column.title })} items={items} />
      {asked && <Limit column={column} onClose={() => setAsked(false)} />}
    </>
  );
}

function Limit({ column, onClose }: { column: Column; onClose: () => void }) {
  const { boards } = useAccount();
  const { t } = useWords();
  const [text, setText] = useState(column.limit === null ? "" : String(column.limit));
  const save = (): void => {
    const limit = text.trim() === "" ? null : Math.min(1000, Math.max(1, Math.round(Number(text))));
    if (limit !== null && Number.isNaN(limit)) return;
    if (limit !== column.limit) boards.changeColumn(column.id, { limit });
    onClose();
  };
  const footer = (
    <>
      <Button onClick={onClose}>{t("app.cancel")}</Button>
      <Button kind="main" onClick={save}>
        {t("app.save")}
      </Button>
    </>
  );
  return (
    <Dialog title={column.title} size="small" footer={footer} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Field
          label={t("board.limit_label")}
          type="number"
          min={1}
          max={1000}
          autofocus
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </form>
    </Dialog>
  );
}
