// What is done with a card from wherever it is shown; everything can be taken back for a while, by the
// button of what is said about it, and by Ctrl+Z.

import { useAccount, useWords } from "../hooks/context.ts";
import { UNDO_MS } from "../../models/outbox.ts";
import type { TaskView } from "../../models/overlays/tasks.ts";
import type { TaskFields } from "../../models/tasks.ts";
import { undoable } from "../../models/undo.ts";
import { useLayers } from "../common/index.ts";

export interface CardActions {
  finish: (task: TaskView) => void;
  reopen: (task: TaskView) => void;
  archive: (tasks: TaskView[]) => void;
  unarchive: (task: TaskView) => void;
  remove: (task: TaskView) => void;
  /** Into a column, before another card or at the end. */
  move: (task: TaskView, column_id: number, before: number | null) => void;
  /** Set what one click sets. */
  set: (task: TaskView, changes: Partial<TaskFields>, what: Changed) => void;
  /** An item of its checklist is taken away. */
  removed: (task: TaskView, act: () => void) => void;
  /** Without a word: what one sees happen, and often. */
  quietly: (task: TaskView, act: () => void) => void;
}

export type Changed = "assigned" | "labelled" | "due_set" | "covered";

export function useCardActions(): CardActions {
  const account = useAccount();
  const { tasks, boards } = account;
  const { t } = useWords();
  const layers = useLayers();
  const doing = (all: TaskView[], act: () => void): { undo: () => void; until: number } => {
    const undo = undoable(account, all.map(({ id }) => id), act);
    return { undo, until: Date.now() + UNDO_MS };
  };
  const done = (all: TaskView[], text: string, act: () => void): void =>
    layers.toast({ text, undo: doing(all, act) });
  return {
    finish: (task) => done([task], t("tasks.finished", { title: task.title }), () => tasks.setDone(task.id, true)),
    reopen: (task) => done([task], t("tasks.reopened", { title: task.title }), () => tasks.setDone(task.id, false)),
    archive: (all) => {
      const [first] = all;
      if (first === undefined) return;
      const one = all.length === 1;
      const text = one ? t("card.archived", { title: first.title }) : t("board.archived", { count: all.length });
      done(all, text, () => {
        for (const task of all) tasks.archive(task.id, true);
      });
    },
    unarchive: (task) =>
      done([task], t("card.unarchived", { title: task.title }), () => tasks.archive(task.id, false)),
    remove: (task) => layers.toast({ text: t("card.deleted", { title: task.title }), undo: tasks.remove(task.id) }),
    move: (task, column_id, before) => {
      const { columns } = boards.of(task.chat_id).peek();
      const column = columns.find((each) => each.column.id === column_id)?.column.title ?? "";
      done([task], t("board.moved", { title: task.title, column }), () => tasks.move(task.id, column_id, before));
    },
    set: (task, changes, what) =>
      done([task], t(`card.${what}`, { title: task.title }), () => tasks.update(task.id, changes)),
    removed: (task, act) => done([task], t("card.item_removed"), act),
    quietly: (task, act) => void layers.undoable(doing([task], act)),
  };
}
