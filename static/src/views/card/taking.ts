// What is dropped on an open card, or pasted, goes to the card or into the comment that is being written.

import type { RefObject } from "preact";
import type { TaskView } from "../../models/overlays/tasks.ts";
import { useTray } from "../chat/tray/use-tray.ts";
import { useLayers } from "../common/index.ts";
import { type Given, useTaker, type Zone } from "../files/takers.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { attachTo } from "./attach.ts";
import { useRights } from "./rights.ts";

export function useAttaching(task: TaskView): (given: Given) => void {
  const account = useAccount();
  const model = useModel();
  const words = useWords();
  const layers = useLayers();
  return (given) => void attachTo({ account, model, layers, words }, task, given);
}

/** `box` is inside of the panel. */
export function useTaking(task: TaskView, box: RefObject<HTMLElement | null>): void {
  const { t } = useWords();
  const { edit } = useRights(task);
  const attach = useAttaching(task);
  const comment = useTray(`task.${task.id}.comment`);
  const panel = (): Element | null => box.current?.closest("aside") ?? null;
  const toCard: Zone = { icon: "attach", title: t("card.drop"), hint: task.title, take: attach };
  const toComment: Zone = { icon: "chat", title: t("card.drop_comment"), take: (given) => comment.add(given) };
  useTaker({
    element: panel,
    box: panel,
    zones: (_pictures, at) => {
      if (!edit) return [toComment];
      const writing = at instanceof Element && at.closest(".comment-field") !== null;
      return writing ? [toComment, toCard] : [toCard, toComment];
    },
  });
}
