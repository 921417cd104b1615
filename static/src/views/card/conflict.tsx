// A change of one's own that met somebody else's: both side by side, and which of them to keep.

import "./conflict.css";
import { useAccount, useWords } from "../hooks/context.ts";
import type { TaskView } from "../../models/overlays/tasks.ts";
import { wanted } from "../../models/rebase.ts";
import type { Item } from "../../models/rows.ts";
import type { ChecklistItem, Due, HistoryEntry } from "../../models/types.ts";
import { Button, Icon } from "../common/index.ts";
import { type Names, sentencesOf } from "./changes.ts";
import { gendered } from "./gendered.ts";
import { useHistory, useNames } from "./history.tsx";

const NAMES = {
  title: "card.name",
  description: "card.description",
  assigned_to: "card.assignee",
  due: "card.due",
  labels: "card.labels",
  checklist: "card.checklist",
  column_id: "card.column",
  cover_file_id: "card.cover",
} as const;

/** `onDone` is called when it is decided. */
export function Conflict({ task, onDone }: { task: TaskView; onDone?: () => void }) {
  const item = task.conflict;
  return item === null ? null : <Decision task={task} item={item} onDone={onDone ?? (() => {})} />;
}

function Decision({ task, item, onDone }: { task: TaskView; item: Item; onDone: () => void }) {
  const { outbox } = useAccount();
  const { t } = useWords();
  const names = useNames(task.chat_id);
  const show = useValues(names, task);
  const deletes = item.kind === "task.delete";
  const fields = Object.entries(deletes ? {} : wanted(item)).filter(([name]) => name in NAMES || name === "status");
  const decide = (whose: "mine" | "theirs"): void => {
    outbox.resolve(item.order, whose);
    onDone();
  };
  return (
    <section class="card-conflict" role="group" aria-label={t("card.conflict")}>
      <p class="card-conflict-title">
        <Icon name="warning" />
        {t("card.conflict")}
      </p>
      <Theirs task={task} names={names} fields={fields.map(([name]) => name)} />
      <dl class="card-conflict-sides">
        {fields.map(([name, mine]) => {
          const [one, other] = apart(name, mine, item.current?.[name]);
          return (
            <div key={name}>
              {name in NAMES && <dt>{t(NAMES[name as keyof typeof NAMES])}</dt>}
              <dd>{t("card.conflict_theirs", { value: show(name, other) })}</dd>
              <dd>{t("card.conflict_mine", { value: show(name, one) })}</dd>
            </div>
          );
        })}
        {deletes && <dd>{t("card.conflict_mine", { value: t("card.conflict_delete") })}</dd>}
      </dl>
      <div class="card-conflict-buttons">
        <Button small onClick={() => decide("theirs")}>
          {t("card.conflict_keep")}
        </Button>
        <Button small kind="main" onClick={() => decide("mine")}>
          {t("card.conflict_put")}
        </Button>
      </div>
    </section>
  );
}

/** Who changed the same, and when: the history knows. */
function Theirs({ task, names, fields }: { task: TaskView; names: Names; fields: string[] }) {
  const { people, user_id: own } = useAccount();
  const words = useWords();
  const { entries } = useHistory(task);
  const about = ({ changes }: HistoryEntry): boolean => changes.some(({ field }) => fields.includes(field));
  const entry = entries?.findLast((each) => each.by !== null && each.by !== own && about(each));
  if (entry === undefined || entry.by === null) return null;
  const name = people.name(entry.by);
  const said = sentencesOf(entry, names).map(({ key, values }) => words.t(key, values));
  const what = gendered(`${name} ${said.join(", ")}`, name);
  return <p>{words.t("card.conflict_by", { what, when: words.ago(entry.at) })}</p>;
}

/** Of a checklist only the items that both have worded anew: all else is laid together. */
function apart(field: string, mine: unknown, theirs: unknown): [unknown, unknown] {
  if (field !== "checklist") return [mine, theirs];
  const [own, others] = [mine, theirs].map((items) => (items ?? []) as ChecklistItem[]) as [
    ChecklistItem[],
    ChecklistItem[],
  ];
  const differ = ({ id, text }: ChecklistItem, among: ChecklistItem[]): boolean =>
    among.some((other) => other.id === id && other.text !== text);
  return [own.filter((item) => differ(item, others)), others.filter((item) => differ(item, own))];
}

/** A field's value as people say it. */
function useValues(names: Names, { files }: TaskView): (field: string, value: unknown) => string {
  const { t } = useWords();
  return (field, value) => {
    if (field === "status") return t(value === "done" ? "card.done" : "card.open");
    if (value === null || value === undefined || value === "") return t("card.nothing");
    if (field === "column_id") return names.column(value as number) ?? t("card.no_column");
    if (field === "cover_file_id") return files.find(({ id }) => id === value)?.name ?? t("card.nothing");
    if (field === "assigned_to") return names.person(value as number);
    if (field === "due") return names.due(value as Due);
    if (field === "labels") return (value as string[]).join(", ") || t("card.nothing");
    if (field === "checklist") return (value as ChecklistItem[]).map(({ text }) => text).join("; ");
    return String(value);
  };
}
