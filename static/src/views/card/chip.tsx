// A message's task, in the message: its number, who does it, when, and where it stands, as it is now.

import "./chip.css";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { Avatar, Icon } from "../common/index.ts";
import { DueMark } from "./due-mark.tsx";

export function TaskChip({ id }: { id: number }) {
  const { tasks, boards, people } = useAccount();
  const { router } = useModel();
  const { t } = useWords();
  const task = tasks.of(id).value;
  if (task === null) return null;
  const { columns } = boards.of(task.chat_id).value;
  const column = columns.find((each) => each.column.id === task.column_id)?.column;
  const done = task.status === "done";
  return (
    <a
      class={`task-chip ${done ? "task-chip-done" : ""}`}
      href={router.href({ name: "task", task_id: tasks.real(id) })}
    >
      <Icon name={done ? "circleCheck" : "task"} size={16} />
      <span class="for-readers">{t("card.title")}</span>
      <span class="task-chip-number">{task.number > 0 ? `#${task.number}` : t("card.number_soon")}</span>
      {task.assigned_to !== null && (
        <>
          <Avatar user_id={task.assigned_to} size={20} />
          <span class="for-readers">{people.name(task.assigned_to)}</span>
        </>
      )}
      <DueMark task={task} />
      {column !== undefined && <span class="task-chip-column">{column.title}</span>}
      {task.conflict !== null && <Icon name="warning" size={16} label={t("board.conflict")} />}
    </a>
  );
}
