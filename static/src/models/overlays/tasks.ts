// Tasks and columns with the changes that are still on their way laid over them. Pure.

import { byPosition, placeIn } from "../order.ts";
import type { LocalFile } from "../local-files.ts";
import type { Item, ItemOf } from "../rows.ts";
import type { Column, Task } from "../types.ts";

/** A task as shown; `conflict` is a change of one's own that needs a decision. */
export interface TaskView extends Task {
  pending: boolean;
  conflict: Item | null;
  /** Files of this device that are on their way to it. */
  attaching: Attaching[];
}

export type Attaching = Pick<ItemOf<"task.attach">, "order" | "state" | "error" | "at"> & { files: LocalFile[] };

const NONE: Attaching[] = [];

type Views = Map<number, TaskView>;

export function withPending(
  own: number,
  isDone: (column_id: number) => boolean,
): (stored: ReadonlyMap<number, Task>, items: Item[]) => ReadonlyMap<number, TaskView> {
  const untouched = new WeakMap<Task, TaskView>();
  return (stored, items) => {
    const views: Views = new Map();
    for (const task of stored.values()) {
      if (task.deleted_at !== null) continue;
      let view = untouched.get(task);
      if (view === undefined) {
        untouched.set(task, (view = { ...task, pending: false, conflict: null, attaching: NONE }));
      }
      views.set(task.id, view);
    }
    for (const item of items) lay(views, item, own, isDone);
    return views;
  };
}

function lay(views: Views, item: Item, own: number, isDone: (column_id: number) => boolean): void {
  if (item.kind === "task.create" || item.kind === "message.task") {
    const task = madeOf(item, own);
    if (item.state !== "failed") views.set(task.id, task);
    if (task.column_id !== null) place(views, task, task.column_id, null);
    return;
  }
  if (item.kind === "task.attach") return attach(views, item);
  if (!isChange(item)) return;
  const task = views.get(item.fields.task_id);
  if (task === undefined || item.state === "failed") return;
  // What is in conflict is not shown as done: the person decides.
  if (item.state === "conflict") return void views.set(task.id, { ...task, conflict: item });
  if (item.kind === "task.delete") return void views.delete(task.id);
  if (item.kind === "task.move") return move(views, task, item.fields, isDone);
  views.set(task.id, { ...task, ...changesOf(task, item), pending: true });
}

type ChangeItem = ItemOf<"task.update"> | ItemOf<"task.move"> | ItemOf<"task.delete"> | ItemOf<"task.detach">;

function isChange(item: Item): item is ChangeItem {
  return ["task.update", "task.move", "task.delete", "task.detach"].includes(item.kind);
}

function changesOf(task: TaskView, item: ItemOf<"task.update"> | ItemOf<"task.detach">): Partial<TaskView> {
  if (item.kind === "task.detach") {
    const { file_id } = item.fields;
    const files = task.files.filter(({ id }) => id !== file_id);
    return { files, cover_file_id: task.cover_file_id === file_id ? null : task.cover_file_id };
  }
  const { archived, ...changes } = item.fields.changes;
  if (!archived) return changes;
  // Put away, it leaves the board; where it comes back to is the server's to say.
  return { ...changes, archived_at: new Date(item.at).toISOString(), column_id: null, position: null };
}

function move(
  views: Views,
  task: TaskView,
  { column_id, before = null }: ItemOf<"task.move">["fields"],
  isDone: (column_id: number) => boolean,
): void {
  if (column_id === null) return void views.set(task.id, { ...task, column_id, position: null, pending: true });
  const status = isDone(column_id) ? "done" : "open";
  place(views, { ...task, status, pending: true }, column_id, before);
}

/** What was refused is shown, too: it is there that one tries again. */
function attach(views: Views, { order, state, error, at, fields }: ItemOf<"task.attach">): void {
  const task = views.get(fields.task_id);
  if (task === undefined) return;
  const { files } = fields;
  const attaching = [...task.attaching, { order, state, error, at, files }];
  views.set(task.id, { ...task, attaching, pending: task.pending || state !== "failed" });
}

function place(views: Views, task: TaskView, column_id: number, before: number | null): void {
  const column = [...views.values()].filter((each) => each.column_id === column_id);
  views.set(task.id, { ...task, column_id, position: placeIn(column, before, task.id) });
}

type MakingItem = ItemOf<"task.create" | "message.task">;

function madeOf(item: MakingItem, own: number): TaskView {
  const made = new Date(item.at).toISOString();
  const { fields } = item;
  const given = item.kind === "task.create" ? item.fields : null;
  return {
    id: fields.temporary,
    number: 0,
    chat_id: item.chat_id,
    column_id: fields.column_id ?? null,
    position: null,
    title: fields.title ?? "…",
    description: given?.description ?? "",
    status: "open",
    assigned_to: fields.assigned_to ?? null,
    creator: own,
    due: fields.due ?? null,
    labels: given?.labels ?? [],
    checklist: given?.checklist ?? [],
    source_seq: item.kind === "message.task" ? item.fields.seq : null,
    version: 0,
    created_at: made,
    updated_at: made,
    closed_at: null,
    archived_at: null,
    deleted_at: null,
    rev: 0,
    files: [],
    cover_file_id: null,
    pending: true,
    conflict: null,
    attaching: NONE,
  };
}

export interface ColumnView {
  column: Column;
  tasks: TaskView[];
}

/** The columns of a chat in their order, with changes on their way. */
export function columnsWith(stored: Column[], items: Item[]): Column[] {
  const columns = new Map(stored.map((column) => [column.id, column]));
  for (const item of items) {
    if (item.state === "failed" || item.state === "conflict") continue;
    if (item.kind === "column.create") {
      const made = columnOf(item, [...columns.values()]);
      columns.set(made.id, made);
    } else if (item.kind === "column.update" || item.kind === "column.move" || item.kind === "column.delete") {
      const held = columns.get(item.fields.column_id);
      if (held === undefined) continue;
      if (item.kind === "column.delete") columns.delete(held.id);
      else if (item.kind === "column.update") columns.set(held.id, { ...held, ...item.fields.changes });
      else {
        const position = placeIn([...columns.values()], item.fields.before ?? null, held.id);
        columns.set(held.id, { ...held, position });
      }
    }
  }
  return [...columns.values()].filter((each) => each.deleted_at === null).sort(byPosition);
}

function columnOf({ fields, chat_id }: ItemOf<"column.create">, others: Column[]): Column {
  return {
    id: fields.temporary,
    chat_id,
    title: fields.title,
    position: placeIn(others, null, 0),
    is_done: fields.is_done ?? false,
    limit: fields.limit ?? null,
    version: 0,
    deleted_at: null,
    rev: 0,
  };
}

/** `stored` are the columns as the server has them: the cards of one taken away go to its neighbour. */
export function boardOf(
  columns: Column[],
  tasks: TaskView[],
  stored: Column[] = columns,
): {
  columns: ColumnView[];
  unsorted: TaskView[];
} {
  const away = neighbours(columns, stored);
  const byColumn = Map.groupBy(tasks, ({ column_id }) =>
    column_id === null ? null : (away.get(column_id) ?? column_id),
  );
  const sorted = (id: number | null): TaskView[] => (byColumn.get(id) ?? []).sort(byPosition);
  return {
    columns: columns.map((column) => ({ column, tasks: sorted(column.id) })),
    unsorted: sorted(null).filter((task) => task.status === "open"),
  };
}

/** Of columns that are shown no more: the one before, or else the first. */
function neighbours(columns: Column[], stored: Column[]): Map<number, number> {
  const shown = new Set(columns.map(({ id }) => id));
  const ordered = [...stored].sort(byPosition);
  const gone = ordered.filter(({ id }) => !shown.has(id));
  return new Map(
    gone.flatMap((column) => {
      const before = ordered.slice(0, ordered.indexOf(column)).findLast(({ id }) => shown.has(id));
      const beside = before ?? columns[0];
      return beside === undefined ? [] : [[column.id, beside.id] as const];
    }),
  );
}
