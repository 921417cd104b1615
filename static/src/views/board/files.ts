// Files that are dropped or pasted on a card of the board, or chosen from its menu, are attached to it.

import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { TaskView } from "../../models/overlays/tasks.ts";
import { useLayers } from "../common/index.ts";
import { type Given, useSpots } from "../files/takers.ts";

export type Attach = (task: TaskView, given: Given) => void;

export function useAttach(): Attach {
  const account = useAccount();
  const model = useModel();
  const words = useWords();
  const layers = useLayers();
  const open = (task_id: number): void => model.router.go({ name: "task", task_id });
  return (task, given) => {
    // Nobody who opens a board waits for this.
    void import("../card/attach.ts").then(({ attachTo }) => {
      const count = attachTo({ account, model, layers, words }, task, given);
      if (count === 0) return;
      const text = words.t("card.attached", { count, title: task.title });
      layers.toast({ text, action: { label: words.t("board.open"), run: () => open(task.id) } });
    });
  };
}

/** The cards take files. */
export function useCardSpots(chat_id: number): void {
  const { tasks, chats } = useAccount();
  const attach = useAttach();
  const taskOf = ({ dataset }: HTMLElement): TaskView | null => tasks.of(Number(dataset["card"])).peek();
  useSpots({
    selector: ".board-columns [data-card]",
    may: (element) => {
      const task = taskOf(element);
      const equals = chats.of(chat_id).peek()?.chat.kind === "direct";
      return task !== null && (equals || tasks.canEdit(task));
    },
    take: (element, given) => {
      const task = taskOf(element);
      if (task !== null) attach(task, given);
    },
  });
}
