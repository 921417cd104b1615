// The message a task was made from, and the way to it; without one, the way to its chat.

import "./source.css";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { TaskView } from "../../models/overlays/tasks.ts";
import { useTitleOf } from "../chat/title.ts";
import { saidIn } from "../files/said.ts";
import { Avatar, Icon } from "../common/index.ts";

export function Source({ task }: { task: TaskView }) {
  const { router } = useModel();
  const { t } = useWords();
  const title = useTitleOf(task.chat_id);
  if (task.source_seq !== null) return <Message task={task} seq={task.source_seq} />;
  return (
    <a class="card-source-chat" href={router.href({ name: "chat", chat_id: task.chat_id })}>
      <Icon name="chat" />
      {t("tasks.from_chat", { title })}
    </a>
  );
}

function Message({ task, seq }: { task: TaskView; seq: number }) {
  const { chats, people } = useAccount();
  const { router } = useModel();
  const words = useWords();
  const { t, moment } = words;
  const message = chats.message(task.chat_id, seq).value;
  return (
    <a class="card-source" href={router.href({ name: "chat", chat_id: task.chat_id, seq })}>
      <span class="card-source-head">
        <Icon name="reply" size={16} />
        {t("card.source")}
      </span>
      {message !== null && message.deleted_at === null && (
        <>
          <span class="card-source-by">
            <Avatar user_id={message.sender_id} size={20} />
            <b dir="auto">{people.name(message.sender_id)}</b>
            <time>{moment(message.created_at)}</time>
          </span>
          <span class="card-source-text" dir="auto">{saidIn(message, words)}</span>
        </>
      )}
    </a>
  );
}
