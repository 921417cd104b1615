// One change that met another: both sides, and the choice. A task's is shown as its card shows it.

import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { Item } from "../../models/rows.ts";
import { fieldsOf } from "../../models/writes.ts";
import { Conflict as TaskConflict } from "../card/conflict.tsx";
import { Button } from "../common/button.tsx";
import { useLayers } from "../common/layers.ts";
import { kindOf, useDifferences, useSubject } from "./subject.ts";

export function Conflict({ item }: { item: Item }) {
  const { tasks } = useAccount();
  const { t } = useWords();
  const subject = useSubject(item);
  const task_id = fieldsOf(item)["task_id"];
  const task = typeof task_id === "number" ? tasks.of(task_id).value : null;
  return (
    <article class="conflict">
      <header class="conflict-head">
        <span class="conflict-kind">{t(kindOf(item))}</span>
        {task === null ? <span class="conflict-subject">{subject}</span> : <Open id={task.id} title={subject} />}
      </header>
      {task?.conflict ? <TaskConflict task={task} /> : <Sides item={item} />}
    </article>
  );
}

function Open({ id, title }: { id: number; title: string }) {
  const { router } = useModel();
  const { show } = useLayers();
  return (
    <a class="conflict-subject" href={router.href({ name: "task", task_id: id })} onClick={() => show(null)}>
      {title}
    </a>
  );
}

/** Of a column, say. */
function Sides({ item }: { item: Item }) {
  const { outbox } = useAccount();
  const { t } = useWords();
  const differences = useDifferences(item);
  return (
    <>
      {differences.map(({ name, mine, theirs }) => (
        <dl class="conflict-sides" key={name}>
          <div class="conflict-side conflict-mine">
            <dt>
              {t(name)} · {t("outbox.mine")}
            </dt>
            <dd>{mine}</dd>
          </div>
          <div class="conflict-side">
            <dt>
              {t(name)} · {t("outbox.theirs")}
            </dt>
            <dd>{theirs}</dd>
          </div>
        </dl>
      ))}
      <footer class="conflict-foot">
        <Button onClick={() => outbox.resolve(item.order, "theirs")}>{t("outbox.keep_theirs")}</Button>
        <Button kind="main" onClick={() => outbox.resolve(item.order, "mine")}>
          {t("outbox.keep_mine")}
        </Button>
      </footer>
    </>
  );
}
