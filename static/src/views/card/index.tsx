// A card: everything about one task, beside the place one was at, or the whole screen of a phone.

import "./card.css";
import "../common/more-icons.ts";
import { useEffect, useRef, useState } from "preact/hooks";
import { usePlace } from "../hooks/place.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { TaskView } from "../../models/overlays/tasks.ts";
import { Button, EmptyState, Icon, IconButton, MenuButton, type MenuItem, Panel, Skeleton, useLayers } from "../common/index.ts";
import { useProgramItem } from "../program/item.ts";
import { useCardActions } from "./actions.ts";
import { CardBody } from "./body.tsx";
import { useRights } from "./rights.ts";
import { CommentField } from "./talk.tsx";
import { site } from "../../lib/desktop.ts";

const MISSING_AFTER_MS = 2500;

export default function CardScreen() {
  const { tasks } = useAccount();
  const { router } = useModel();
  const own = usePlace("task");
  const at = router.place.value;
  const asked = own?.task_id ?? (at.name === "task" ? at.task_id : null);
  const task = asked === null ? null : tasks.of(asked).value;
  const id = asked === null ? null : tasks.real(asked);
  useEffect(() => {
    // Made offline, it has got its number meanwhile.
    if (id !== null && id !== asked) router.go({ name: "task", task_id: id }, { replace: true });
  }, [id, asked, router]);
  if (id === null) return null;
  const close = (): void => router.back();
  return task === null ? <Missing key={id} onClose={close} /> : <Card key={id} task={task} onClose={close} />;
}

function Missing({ onClose }: { onClose: () => void }) {
  const { router } = useModel();
  const { t } = useWords();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), MISSING_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Panel title={t("card.title")} onClose={onClose}>
      {late ? (
        <EmptyState icon="task" title={t("card.missing_title")} text={t("card.missing")}>
          <Button icon="task" onClick={() => router.go({ name: "tasks" })}>
            {t("card.to_tasks")}
          </Button>
        </EmptyState>
      ) : (
        <Skeleton kind="text" />
      )}
    </Panel>
  );
}

function Card({ task, onClose }: { task: TaskView; onClose: () => void }) {
  const { t } = useWords();
  const title = t("card.numbered", { number: task.number > 0 ? String(task.number) : t("card.number_soon") });
  return (
    <Panel
      title={title}
      head={<Head task={task} title={title} />}
      actions={<Actions task={task} onClose={onClose} />}
      footer={<CommentField task={task} />}
      onClose={onClose}
    >
      <CardBody task={task} />
    </Panel>
  );
}

/** The number, and the tick: what one looks at a card for. */
function Head({ task, title }: { task: TaskView; title: string }) {
  const { t } = useWords();
  const { finish, reopen } = useCardActions();
  const rights = useRights(task);
  const done = task.status === "done";
  const heading = useRef<HTMLHeadingElement>(null);
  return (
    <>
      <button
        type="button"
        class={`card-status ${done ? "card-status-done" : ""}`}
        aria-pressed={done}
        disabled={!rights.finish}
        onClick={() => (done ? reopen(task) : finish(task))}
      >
        <Icon name={done ? "circleCheck" : "circle"} />
        <span class="for-readers">{t("card.finish")}</span>
      </button>
      <h2 class="panel-title card-number" ref={heading}>
        <span class="for-readers">{title}</span>
        <span aria-hidden="true">{task.number > 0 ? `#${task.number}` : t("card.number_soon")}</span>
      </h2>
      {task.archived_at !== null && <span class="card-archived">{t("card.archived_note")}</span>}
      {task.pending && (
        <span class="card-waiting">
          <Icon name="clock" size={16} label={t("card.waiting")} />
        </span>
      )}
    </>
  );
}

function Actions({ task, onClose }: { task: TaskView; onClose: () => void }) {
  const { router } = useModel();
  const { t } = useWords();
  const { toast } = useLayers();
  const { archive, unarchive, remove } = useCardActions();
  const rights = useRights(task);
  const inProgram = useProgramItem();
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(site + router.href({ name: "task", task_id: task.id }));
      toast(t("card.copied"));
    } catch {
      // Without https there is no clipboard.
      toast({ text: t("app.copy_failed"), kind: "error" });
    }
  };
  const away = task.archived_at !== null;
  const items = (): MenuItem[] => [
    { label: t("card.copy"), icon: "link", run: () => void copy() },
    task.id > 0 && inProgram({ name: "task", task_id: task.id }),
    rights.edit && away && { label: t("card.unarchive"), icon: "archive", run: () => unarchive(task) },
    rights.edit &&
      !away &&
      task.status === "done" && { label: t("board.archive"), icon: "archive", run: () => archive([task]) },
    rights.edit && "line",
    rights.edit && {
      label: t("card.delete"),
      icon: "trash",
      danger: true,
      run: () => {
        remove(task);
        onClose();
      },
    },
  ];
  return (
    <>
      <IconButton icon="link" label={t("card.copy")} onClick={() => void copy()} />
      <MenuButton icon="more" label={t("card.menu")} items={items} />
    </>
  );
}
