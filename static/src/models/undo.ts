// Takes back what one click or drag did to tasks: what was not sent is given up, the rest is put back
// as it was. What somebody else has changed since stays as they left it.

import type { Boards } from "./boards.ts";
import type { Outbox } from "./outbox.ts";
import type { TaskView } from "./overlays/tasks.ts";
import { same } from "./rebase.ts";
import type { Item } from "./rows.ts";
import type { TaskFields, Tasks } from "./tasks.ts";

export interface UndoParts {
  tasks: Tasks;
  boards: Boards;
  outbox: Outbox;
}

const FIELDS = ["title", "assigned_to", "due", "labels", "checklist", "cover_file_id"] as const;

/** Do it; the result undoes it. `ids` are the tasks it is about. */
export function undoable(parts: UndoParts, ids: number[], act: () => void): () => void {
  const { tasks, outbox } = parts;
  const shown = (): TaskView[] => ids.flatMap((id) => tasks.of(id).peek() ?? []);
  const before = shown();
  const places = before.map((task) => placeOf(parts, task));
  const waiting = new Set(outbox.items.peek().map(({ order }) => order));
  act();
  const after = new Map(shown().map((task) => [task.id, task]));
  const items = outbox.items.peek();
  const made = items.filter(({ order }) => !waiting.has(order));
  // A move takes the place of one that waits: giving it up would lose both.
  const replaced = [...waiting].some((order) => items.every((item) => item.order !== order));
  return () => {
    if (!replaced && made.every((item) => isUnsent(outbox, item))) {
      for (const { order } of made.toReversed()) outbox.discard(order);
      return;
    }
    // From the last up: each is put before one that is back already.
    for (const [at, task] of [...before.entries()].reverse()) {
      const set = after.get(task.id);
      const moves = made.some((item) => item.kind === "task.move" && item.fields.task_id === task.id);
      if (set !== undefined) putBack(parts, task, set, moves ? set.column_id : undefined, places[at] ?? null);
    }
  };
}

/** Where a card stands: a column, and before which other; null when it is on no board. */
interface Spot {
  column_id: number;
  before: number | null;
}

function placeOf({ boards }: UndoParts, task: TaskView): Spot | null {
  const { columns } = boards.of(task.chat_id).peek();
  const column = columns.find((each) => each.column.id === task.column_id);
  if (column === undefined) return null;
  const at = column.tasks.findIndex((each) => each.id === task.id);
  return { column_id: column.column.id, before: column.tasks[at + 1]?.id ?? null };
}

/** `movedTo` is the column it was moved to, if it was. */
function putBack(
  { tasks }: UndoParts,
  before: TaskView,
  set: TaskView,
  movedTo: number | null | undefined,
  spot: Spot | null,
): void {
  const id = tasks.real(before.id);
  const now = tasks.of(id).peek();
  if (now === null) return;
  const fields = FIELDS.filter((name) => !same(before[name], set[name]) && same(now[name], set[name]));
  if (fields.length > 0) {
    tasks.update(id, Object.fromEntries(fields.map((name) => [name, before[name]])) as Partial<TaskFields>);
  }
  const finished = before.status !== set.status && now.status === set.status;
  const archived = (before.archived_at === null) !== (set.archived_at === null);
  if (archived) tasks.archive(id, before.archived_at !== null);
  else if (finished && movedTo === undefined) tasks.setDone(id, before.status === "done");
  const moved = movedTo !== undefined && now.column_id === movedTo;
  if (!moved && !finished && !archived) return;
  if (spot !== null) tasks.move(id, spot.column_id, spot.before === null ? null : tasks.real(spot.before));
  else if (moved) tasks.move(id, null, null);
}

function isUnsent(outbox: Outbox, { order }: Item): boolean {
  const now = outbox.items.peek().find((item) => item.order === order);
  return now !== undefined && now.state === "waiting" && !now.sent;
}
