// My tasks: what is overdue, what is for today, what comes later, what has no date.

import "./tasks.css";
import "../common/more-icons.ts";
import { useRef } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { TaskView } from "../../models/overlays/tasks.ts";
import { useCardActions } from "../card/actions.ts";
import { DueMark } from "../card/due-mark.tsx";
import { Label } from "../card/label.tsx";
import { useTitleOf } from "../chat/title.ts";
import { BackButton, Button, EmptyState, Icon, Skeleton } from "../common/index.ts";
import { usePlace } from "../hooks/place.ts";
import { FiltersBar } from "./filters-bar.tsx";
import { ALL, filtersOf, queryOf, shownOf, type TaskFilters, writtenOf } from "./filters.ts";
import { grouped } from "./groups.ts";
import { QuickTask } from "./quick.tsx";

export default function TasksScreen() {
  const { tasks, chats } = useAccount();
  const words = useWords();
  const { t } = words;
  const { router } = useModel();
  const mine = tasks.mine.value;
  const filters = filtersOf(usePlace("tasks")?.filters ?? {});
  const now = new Date(words.minute.value);
  const shown = shownOf(mine, filters, now);
  const choose = (next: TaskFilters): void => router.go({ name: "tasks", filters: queryOf(next) }, { replace: true });
  const box = useRef<HTMLElement>(null);
  const begin = (): void => box.current?.querySelector<HTMLElement>(".quick-task-field")?.focus();
  return (
    <section class="tasks" ref={box} aria-label={t("tasks.title")}>
      <header class="tasks-head">
        <BackButton />
        <h1 class="tasks-title">{t("tasks.title")}</h1>
        {mine.length > 0 && <span class="tasks-count">{t("tasks.count", { count: shown.length })}</span>}
      </header>
      <div class="tasks-scroll">
        <div class="tasks-inside">
          <QuickTask />
          {(mine.length > 0 || writtenOf(filters) !== "") && <FiltersBar filters={filters} tasks={mine} onChange={choose} />}
          {!chats.ready.value ? (
            <Skeleton rows={5} />
          ) : mine.length === 0 ? (
            <EmptyState icon="task" title={t("tasks.empty_title")} text={t("tasks.empty")}>
              <Button kind="main" icon="plus" onClick={begin}>
                {t("tasks.add")}
              </Button>
            </EmptyState>
          ) : shown.length === 0 ? (
            <EmptyState small icon="filter" title={t("tasks.nothing_fits")}>
              <Button onClick={() => choose(ALL)}>{t("board.filter_clear")}</Button>
            </EmptyState>
          ) : (
            grouped(shown, now).map(({ group, tasks: own }) => (
              <section key={group} class="tasks-group" aria-label={t(`tasks.${group}`)}>
                <h2 class={`tasks-group-title tasks-group-${group}`}>
                  {t(`tasks.${group}`)} <span class="tasks-group-count">{own.length}</span>
                </h2>
                <ul class="tasks-list">
                  {own.map((task) => (
                    <Row key={task.id} task={task} />
                  ))}
                </ul>
              </section>
            ))
          )}
        </div>
      </div>
    </section>
  );
}

function Row({ task }: { task: TaskView }) {
  const { router } = useModel();
  const { t } = useWords();
  const { finish } = useCardActions();
  const chat = useTitleOf(task.chat_id);
  const seq = task.source_seq === null ? {} : { seq: task.source_seq };
  const done = task.checklist.filter((item) => item.done).length;
  return (
    <li class="tasks-row">
      <button
        type="button"
        class="tasks-tick"
        aria-label={t("tasks.finish", { title: task.title })}
        onClick={() => finish(task)}
      >
        <Icon name="circle" />
        <Icon name="circleCheck" />
      </button>
      <div class="tasks-words">
        <a class="tasks-name" href={router.href({ name: "task", task_id: task.id })}>
          {task.title}
        </a>
        <p class="tasks-about">
          <DueMark task={task} />
          {task.number > 0 && <span class="tasks-number">#{task.number}</span>}
          {task.checklist.length > 0 && (
            <span class="tasks-progress">
              <Icon name="checklist" size={14} />
              {t("board.checklist", { done, total: task.checklist.length })}
            </span>
          )}
          <a class="tasks-chat" href={router.href({ name: "chat", chat_id: task.chat_id, ...seq })}>
            <Icon name="chat" size={14} />
            <span class="for-readers">{t("card.in_chat")}</span> {chat}
          </a>
          {task.labels.map((label) => (
            <Label key={label} name={label} />
          ))}
          {task.pending && <Icon name="clock" size={14} label={t("card.waiting")} />}
          {task.conflict !== null && (
            <span class="tasks-conflict">
              <Icon name="warning" size={16} label={t("board.conflict")} />
            </span>
          )}
        </p>
      </div>
    </li>
  );
}
