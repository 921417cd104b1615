// A card on the board.

import "./card.css";
import { useComputed } from "@preact/signals";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { TaskView } from "../../models/overlays/tasks.ts";
import { DueMark } from "../card/due-mark.tsx";
import { Label } from "../card/label.tsx";
import { Avatar, Icon, IconButton } from "../common/index.ts";
import type { BoardShared } from "./context.ts";
import { Cover, coverRatio } from "./cover.tsx";

export function BoardCard({ task, board }: { task: TaskView; board: BoardShared }) {
  const { people } = useAccount();
  const { router } = useModel();
  const { t } = useWords();
  const { id } = task;
  const current = useComputed(() => board.focus.value === id).value;
  const held = useComputed(() => board.held.value === id).value;
  const open = useComputed(() => {
    const place = router.place.value;
    return place.name === "task" && place.task_id === id;
  }).value;
  const done = task.status === "done";
  const cover = task.files.find((file) => file.id === task.cover_file_id);
  const names = ["board-card", cover && "board-card-covered", held && "board-card-held", done && "board-card-done"];
  return (
    <li
      class={names.filter(Boolean).join(" ")}
      data-card={id}
      // What is out of view is as high as it will be.
      style={cover && { "--cover": String(coverRatio(cover)) }}
    >
      {cover && <Cover key={cover.id} file={cover} />}
      {task.labels.length > 0 && (
        <p class="board-card-labels">
          {task.labels.map((label) => (
            <Label key={label} name={label} />
          ))}
        </p>
      )}
      <a
        class="board-card-link"
        href={router.href({ name: "task", task_id: id })}
        draggable={false}
        tabIndex={current ? 0 : -1}
        aria-current={open ? "true" : undefined}
        aria-describedby={board.help}
      >
        {task.title}
      </a>
      <div class="board-card-foot">
        <span class="board-card-number">{task.number > 0 ? `#${task.number}` : t("card.number_soon")}</span>
        <DueMark task={task} />
        {task.checklist.length > 0 && <Progress task={task} />}
        {task.files.length > 0 && <Files count={task.files.length} />}
        <UnreadTalk id={id} board={board} />
        {task.pending && (
          <span class="board-card-sign">
            <Icon name="clock" size={14} label={t("board.pending")} />
          </span>
        )}
        {task.assigned_to !== null && (
          <span class="board-card-face">
            <Avatar user_id={task.assigned_to} size={24} />
            <span class="for-readers">{people.name(task.assigned_to)}</span>
          </span>
        )}
      </div>
      {task.conflict !== null && (
        <button type="button" class="board-card-conflict" data-conflict={id}>
          <Icon name="warning" size={16} />
          {t("board.conflict")}
        </button>
      )}
      <IconButton
        small
        class="board-card-more"
        icon="more"
        label={t("board.card_menu", { title: task.title })}
        aria-haspopup="menu"
        tabIndex={current ? 0 : -1}
        data-menu={id}
      />
    </li>
  );
}

function Progress({ task }: { task: TaskView }) {
  const { t } = useWords();
  const total = task.checklist.length;
  const done = task.checklist.filter((item) => item.done).length;
  return (
    <span class={`board-card-sign ${done === total ? "board-card-whole" : ""}`}>
      <Icon name="checklist" size={14} />
      <span class="for-readers">{t("card.checklist")}</span>
      {t("board.checklist", { done, total })}
    </span>
  );
}

function Files({ count }: { count: number }) {
  const { t } = useWords();
  return (
    <span class="board-card-sign">
      <Icon name="attach" size={14} />
      <span aria-hidden="true">{count}</span>
      <span class="for-readers">{t("board.files", { count })}</span>
    </span>
  );
}

function UnreadTalk({ id, board }: { id: number; board: BoardShared }) {
  const { t } = useWords();
  const count = useComputed(() => board.talk.value.get(id) ?? 0).value;
  if (count === 0) return null;
  return (
    <span class="board-card-sign board-card-talk">
      <Icon name="chat" size={14} />
      <span aria-hidden="true">{count}</span>
      <span class="for-readers">{t("board.unread_talk", { count })}</span>
    </span>
  );
}
