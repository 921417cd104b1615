// A due date in the colour of how near it is.

import "./due-mark.css";
import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import type { Task } from "../../models/types.ts";
import { Icon } from "../common/index.ts";
import { nearness } from "./due.ts";

export function DueMark({ task }: { task: Pick<Task, "due" | "status"> }) {
  const words = useWords();
  const { t, due: said } = words;
  // Of all cards only those that have come nearer are drawn again.
  const { due: wanted, status } = task;
  const near = useMemo(
    () =>
      computed(() => {
        const now = new Date(words.minute.value);
        return status === "done" || wanted === null ? "done" : nearness(wanted, now);
      }),
    [words, wanted, status],
  ).value;
  if (task.due === null) return null;
  const due = said(task.due);
  return (
    <span class={`due-mark due-mark-${near}`}>
      <Icon name={near === "done" ? "check" : "clock"} size={14} />
      <span aria-hidden="true">{due}</span>
      <span class="for-readers">{t(near === "overdue" ? "card.due_overdue" : "card.due_said", { due })}</span>
    </span>
  );
}
