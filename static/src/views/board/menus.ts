// A card's menu on the board, and where it may be moved: without dragging, the same as with.

import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { TaskView } from "../../models/overlays/tasks.ts";
import { useCardActions } from "../card/actions.ts";
import { pick } from "../files/given.ts";
import { useAttach } from "./files.ts";
import { type MenuAsked, type MenuItem, useLayers } from "../common/index.ts";

export interface CardMenus {
  openCard: (task: TaskView, at: MenuAsked["at"]) => void;
  openMove: (task: TaskView, at: MenuAsked["at"]) => void;
}

/** `moved` is called with what was moved from the menu. */
export function useCardMenus(moved: (task: TaskView) => void): CardMenus {
  const { tasks, boards, chats, user_id } = useAccount();
  const { router } = useModel();
  const { t } = useWords();
  const { openMenu } = useLayers();
  const actions = useCardActions();
  const attach = useAttach();

  const openMove: CardMenus["openMove"] = (task, at) => {
    const { columns } = boards.of(task.chat_id).peek();
    const own = columns.find((each) => each.column.id === task.column_id);
    const others = own?.tasks ?? [];
    const place = others.findIndex((each) => each.id === task.id);
    const put = (column_id: number, before: number | null) => (): void => {
      actions.move(task, column_id, before);
      moved(task);
    };
    const items: MenuItem[] = columns.map(({ column }) => ({
      label: column.title,
      checked: column.id === task.column_id,
      run: column.id === task.column_id ? () => {} : put(column.id, null),
    }));
    if (own !== undefined && others.length > 1) {
      const here = (before: number | null): (() => void) => put(own.column.id, before);
      items.push("line");
      if (place > 0) {
        items.push({ label: t("board.move_top"), run: here(others[0]?.id ?? null) });
        items.push({ label: t("board.move_up"), run: here(others[place - 1]?.id ?? null) });
      }
      if (place < others.length - 1) {
        items.push({ label: t("board.move_down"), run: here(others[place + 2]?.id ?? null) });
        items.push({ label: t("board.move_bottom"), run: here(null) });
      }
    }
    openMenu({ label: t("board.move_title", { title: task.title }), items, at });
  };

  const openCard: CardMenus["openCard"] = (task, at) => {
    const equals = chats.of(task.chat_id).peek()?.chat.kind === "direct";
    const edit = equals || tasks.canEdit(task);
    const done = task.status === "done";
    openMenu({
      label: task.title,
      at,
      items: [
        { label: t("board.open"), icon: "panel", keys: "enter", run: () => router.go({ name: "task", task_id: task.id }) },
        { label: t("board.move_to"), icon: "move", keys: "m", run: () => openMove(task, at) },
        edit &&
          task.assigned_to !== user_id && {
            label: t("board.take"),
            icon: "person",
            run: () => actions.set(task, { assigned_to: user_id }, "assigned"),
          },
        edit && { label: t("card.attach"), icon: "attach", run: () => pick("files", (given) => attach(task, given)) },
        (edit || tasks.canFinish(task)) && {
          label: t(done ? "card.reopen" : "card.finish"),
          icon: done ? "undo" : "circleCheck",
          run: () => (done ? actions.reopen(task) : actions.finish(task)),
        },
        edit && done && { label: t("board.archive"), icon: "archive", run: () => actions.archive([task]) },
        edit && "line",
        edit && { label: t("card.delete"), icon: "trash", danger: true, run: () => actions.remove(task) },
      ],
    });
  };
  return { openCard, openMove };
}
