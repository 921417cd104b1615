// What is in a card: title, properties, description, checklist, source, discussion and history.

import { useRef, useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import type { TaskView } from "../../models/overlays/tasks.ts";
import type { Base } from "../../models/unsaved.ts";
import { Avatar, Icon, SegmentedTabs } from "../common/index.ts";
import { AssigneeChoices } from "./assignee.tsx";
import { useCardActions } from "./actions.ts";
import { Attachments } from "./attachments.tsx";
import { Checklist } from "./checklist.tsx";
import { Conflict } from "./conflict.tsx";
import { Description } from "./description.tsx";
import { DueChoices } from "./due-choices.tsx";
import { DueMark } from "./due-mark.tsx";
import { Editable } from "./editable.tsx";
import { History } from "./history.tsx";
import { LabelChoices } from "./label-choices.tsx";
import { Label } from "./label.tsx";
import { useRights } from "./rights.ts";
import { Row } from "./row.tsx";
import { Source } from "./source.tsx";
import { useTaking } from "./taking.ts";
import { Talk } from "./talk.tsx";

export function CardBody({ task }: { task: TaskView }) {
  const { tasks } = useAccount();
  const { t } = useWords();
  const rights = useRights(task);
  const { quietly, removed } = useCardActions();
  const done = task.checklist.filter((item) => item.done).length;
  const seen = (field: "title" | "description" | "checklist"): Base => ({ version: task.version, [field]: task[field] });
  const box = useRef<HTMLDivElement>(null);
  useTaking(task, box);
  return (
    <div class="card" ref={box}>
      <Conflict task={task} />
      <h3 class="card-title">
        <Editable
          value={task.title}
          label={t("card.name")}
          name={`task.${task.id}.title`}
          base={seen("title")}
          oneWay
          disabled={!rights.edit}
          onSave={(title, base) => tasks.update(task.id, { title }, base)}
        />
      </h3>
      <Properties task={task} />
      <section class="card-part" aria-label={t("card.description")}>
        <Description
          task_id={task.id}
          value={task.description}
          chat_id={task.chat_id}
          base={seen("description")}
          disabled={!rights.edit}
          onSave={(description, base) => tasks.update(task.id, { description }, base)}
        />
      </section>
      <Attachments task={task} />
      {(rights.finish || task.checklist.length > 0) && (
        <section class="card-part">
          <h3 class="card-part-title">
            {t("card.checklist")}
            {task.checklist.length > 0 && (
              <span class="card-part-count">{t("board.checklist", { done, total: task.checklist.length })}</span>
            )}
          </h3>
          <Checklist
            task_id={task.id}
            items={task.checklist}
            base={seen("checklist")}
            disabled={!rights.finish}
            onChange={(checklist, base) => {
              const change = (): void => tasks.update(task.id, { checklist }, base);
              // Typed again it is not so soon.
              if (checklist.length < task.checklist.length) removed(task, change);
              else quietly(task, change);
            }}
          />
        </section>
      )}
      <section class="card-part">
        <Source task={task} />
      </section>
      <Past task={task} />
    </div>
  );
}

function Properties({ task }: { task: TaskView }) {
  const { people } = useAccount();
  const { t } = useWords();
  const { set } = useCardActions();
  const { edit } = useRights(task);
  return (
    <div class="card-properties">
      <ColumnRow task={task} />
      <Row
        icon="person"
        name={t("card.assignee")}
        disabled={!edit}
        value={
          task.assigned_to === null ? (
            <span class="card-row-none">{t("card.nobody")}</span>
          ) : (
            <>
              <Avatar user_id={task.assigned_to} size={24} />
              {people.name(task.assigned_to)}
            </>
          )
        }
      >
        {(close) => (
          <AssigneeChoices
            chat_id={task.chat_id}
            value={task.assigned_to}
            onChoose={(assigned_to) => {
              set(task, { assigned_to }, "assigned");
              close();
            }}
          />
        )}
      </Row>
      <Row
        icon="calendar"
        name={t("card.due")}
        disabled={!edit}
        value={task.due === null ? <span class="card-row-none">{t("card.no_due")}</span> : <DueMark task={task} />}
      >
        {() => <DueChoices value={task.due} onChoose={(due) => set(task, { due }, "due_set")} />}
      </Row>
      <Row
        icon="tag"
        name={t("card.labels")}
        disabled={!edit}
        value={
          task.labels.length === 0 ? (
            <span class="card-row-none">{t("card.no_labels")}</span>
          ) : (
            task.labels.map((label) => <Label key={label} name={label} />)
          )
        }
      >
        {() => (
          <LabelChoices
            chat_id={task.chat_id}
            value={task.labels}
            onChange={(labels) => set(task, { labels }, "labelled")}
          />
        )}
      </Row>
    </div>
  );
}

/** The column; any member may move a card. */
function ColumnRow({ task }: { task: TaskView }) {
  const { boards } = useAccount();
  const { t } = useWords();
  const { move } = useCardActions();
  const { columns } = boards.of(task.chat_id).value;
  if (columns.length === 0) return null;
  const column = columns.find((each) => each.column.id === task.column_id)?.column;
  return (
    <Row
      icon="board"
      name={t("card.column")}
      value={column?.title ?? <span class="card-row-none">{t("card.no_column")}</span>}
    >
      {(close) => (
        <div class="card-choices" role="group" aria-label={t("card.column")}>
          {columns.map(({ column: each }) => (
            <button
              type="button"
              key={each.id}
              class="card-choice"
              aria-pressed={each.id === task.column_id}
              onClick={() => {
                if (each.id !== task.column_id) move(task, each.id, null);
                close();
              }}
            >
              {each.title}
              {each.id === task.column_id && <Icon name="check" />}
            </button>
          ))}
        </div>
      )}
    </Row>
  );
}

/** What was said, and what was done. */
function Past({ task }: { task: TaskView }) {
  const { t } = useWords();
  const [part, setPart] = useState<"talk" | "history">("talk");
  const options = [
    { value: "talk" as const, label: t("card.talk") },
    { value: "history" as const, label: t("card.history") },
  ];
  return (
    <section class="card-part card-past">
      <SegmentedTabs
        label={`${t("card.talk")}, ${t("card.history")}`}
        value={part}
        options={options}
        onChange={setPart}
        wide
      />
      {part === "talk" ? <Talk task={task} /> : <History task={task} />}
    </section>
  );
}
