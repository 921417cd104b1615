// A due date in the colour of how near it is.

import "./due-mark.css";
import { useWords } from "../../app/context.ts";
import type { Task } from "../../models/types.ts";
import { Icon } from "../common/index.ts";
import { nearness } from "./due.ts";

export function DueMark({ task }: { task: Pick<Task, "due" | "status"> }) {
  const { t, due: said } = useWords();
  if (task.due === null) return null;
  const near = task.status === "done" ? "done" : nearness(task.due, new Date());
  const due = said(task.due);
  return (
    <span class={`due-mark due-mark-${near}`}>
      <Icon name={near === "done" ? "check" : "clock"} size={14} />
      <span aria-hidden="true">{due}</span>
      <span class="for-readers">{t(near === "overdue" ? "card.due_overdue" : "card.due_said", { due })}</span>
    </span>
  );
}
