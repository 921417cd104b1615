// What the person who looks may do with a task.

import { useAccount } from "../hooks/context.ts";
import type { Task } from "../../models/types.ts";

export interface Rights {
  /** Everything: title, person, due date, labels, deleting. */
  edit: boolean;
  /** Status and checklist: whoever has the task may, too. */
  finish: boolean;
}

export function useRights(task: Task): Rights {
  const { tasks, chats } = useAccount();
  const equals = chats.of(task.chat_id).value?.chat.kind === "direct";
  const edit = equals || tasks.canEdit(task);
  return { edit, finish: edit || tasks.canFinish(task) };
}
