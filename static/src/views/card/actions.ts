// What is done with a card from wherever it is shown; everything can be taken back for a while.

import { useAccount, useWords } from "../../app/context.ts";
import type { TaskView } from "../../models/planned.ts";
import { UNDO_MS } from "../../models/outbox.ts";
import { useLayers } from "../common/index.ts";

export interface CardActions {
  finish: (task: TaskView) => void;
  reopen: (task: TaskView) => void;
  archive: (tasks: TaskView[]) => void;
  remove: (task: TaskView) => void;
}

export function useCardActions(): CardActions {
  const { tasks, boards } = useAccount();
  const { t } = useWords();
  const { toast } = useLayers();
  /** Where it stood, to put it back there. */
  const place = (task: TaskView): (() => void) => {
    const { column_id } = task;
    const column = boards.of(task.chat_id).peek().columns.find((each) => each.column.id === column_id);
    if (column_id === null || column === undefined) return () => {};
    const next = column.tasks[column.tasks.findIndex((each) => each.id === task.id) + 1];
    return () => tasks.move(task.id, column_id, next?.id ?? null);
  };
  const undoable = (text: string, undo: () => void): void =>
    toast({ text, undo: { undo, until: Date.now() + UNDO_MS } });
  return {
    finish: (task) => {
      const back = place(task);
      tasks.setDone(task.id, true);
      undoable(t("tasks.finished", { title: task.title }), () => {
        tasks.setDone(task.id, false);
        back();
      });
    },
    reopen: (task) => tasks.setDone(task.id, false),
    archive: (all) => {
      const [first] = all;
      if (first === undefined) return;
      const backs = all.map(place);
      for (const task of all) tasks.archive(task.id, true);
      const text =
        all.length === 1
          ? t("card.archived", { title: first.title })
          : t("board.archived", { count: all.length });
      undoable(text, () => {
        for (const task of all) tasks.archive(task.id, false);
        // From the last up: each is put before one that is back already.
        for (const back of backs.toReversed()) back();
      });
    },
    remove: (task) => {
      toast({ text: t("card.deleted", { title: task.title }), undo: tasks.remove(task.id) });
    },
  };
}
