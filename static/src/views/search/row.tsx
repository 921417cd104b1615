// One thing that was found, as the list shows it.

import { useAccount, useWords } from "../hooks/context.ts";
import type { Hit } from "../../models/search/hits.ts";
import { DueMark } from "../card/due-mark.tsx";
import { useTitleOf } from "../chat/title.ts";
import { Avatar, ChatFace, Icon } from "../common/index.ts";
import { Marked } from "./marked.tsx";

export function HitRow({ hit }: { hit: Hit }) {
  switch (hit.kind) {
    case "message":
    case "comment":
      return <Said hit={hit} />;
    case "task":
      return <TaskFound hit={hit} />;
    case "file":
      return <FileFound hit={hit} />;
    case "person":
      return <PersonFound hit={hit} />;
    case "chat":
      return <ChatFound hit={hit} />;
  }
}

/** A message, between what was said before it and after. */
function Said({ hit }: { hit: Hit }) {
  const { people, tasks } = useAccount();
  const { t, moment } = useWords();
  const { sender_id, text, before, after, task_id, archived } = hit;
  const title = useTitleOf(hit.chat_id ?? 0);
  const task = hit.kind === "comment" && task_id !== null ? tasks.of(task_id).value : null;
  const name = sender_id === null ? "" : people.name(sender_id);
  const place = task === null ? title : `${title} · #${task.number} ${task.title}`;
  // A direct chat is called as the other is.
  const where = [place === name ? "" : place, archived ? t("search.archived") : ""].filter(Boolean).join(" · ");
  return (
    <>
      <span class="search-side">{sender_id !== null && <Avatar user_id={sender_id} size={32} />}</span>
      <span class="search-words">
        <span class="search-head">
          {sender_id !== null && <b class="search-who">{name}</b>}
          <span class="search-where">{where}</span>
          <time class="search-when" dateTime={hit.at}>
            {moment(hit.at)}
          </time>
        </span>
        <Beside said={before} />
        {text && (
          <span class="search-text" dir="auto">
            <Marked of={text} />
          </span>
        )}
        <Beside said={after} />
      </span>
    </>
  );
}

function Beside({ said }: { said: Hit["before"] }) {
  const { people } = useAccount();
  if (said === null || said.text === "") return null;
  return (
    <span class="search-beside" dir="auto">
      {people.name(said.sender_id)}: {said.text}
    </span>
  );
}

function TaskFound({ hit }: { hit: Hit }) {
  const { people } = useAccount();
  const { t } = useWords();
  const title = useTitleOf(hit.chat_id ?? 0);
  const { task } = hit;
  return (
    <>
      <span class="search-side">
        {task?.status === "done" ? <Icon name="circleCheck" label={t("card.done")} /> : <Icon name="circle" />}
      </span>
      <span class="search-words">
        <span class={`search-title ${task?.status === "done" ? "search-done" : ""}`} dir="auto">
          {hit.title && <Marked of={hit.title} />}
        </span>
        {hit.text && (
          <span class="search-text search-text-small" dir="auto">
            <Marked of={hit.text} />
          </span>
        )}
        <span class="search-about">
          {task !== null && task.number > 0 && <span class="number">#{task.number}</span>}
          <span>{title}</span>
          {task?.assigned_to != null && <span>{people.name(task.assigned_to)}</span>}
          {task && <DueMark task={task} />}
        </span>
      </span>
    </>
  );
}

function FileFound({ hit }: { hit: Hit }) {
  const { people } = useAccount();
  const { moment } = useWords();
  const title = useTitleOf(hit.chat_id ?? 0);
  const image = hit.file?.mime.startsWith("image/") ?? false;
  return (
    <>
      <span class="search-side">
        <Icon name={image ? "image" : "file"} />
      </span>
      <span class="search-words">
        <span class="search-title" dir="auto">
          {hit.title && <Marked of={hit.title} />}
        </span>
        {hit.text && (
          <span class="search-text search-text-small" dir="auto">
            <Marked of={hit.text} />
          </span>
        )}
        <span class="search-about">
          <span>{title}</span>
          {hit.file && <span>{people.name(hit.file.uploader_id)}</span>}
          <time dateTime={hit.at}>{moment(hit.at)}</time>
        </span>
      </span>
    </>
  );
}

function PersonFound({ hit }: { hit: Hit }) {
  const { user, title } = hit;
  return (
    <>
      <span class="search-side">{user && <Avatar user_id={user.id} size={32} presence />}</span>
      <span class="search-words">
        <span class="search-title">{title && <Marked of={title} />}</span>
        <span class="search-about">@{user?.username}</span>
      </span>
    </>
  );
}

function ChatFound({ hit }: { hit: Hit }) {
  const { chats } = useAccount();
  const { t } = useWords();
  const id = hit.chat_id ?? 0;
  const entry = chats.of(id).value;
  const name = useTitleOf(id);
  const count = chats.members(id).value.length;
  return (
    <>
      <span class="search-side">
        {entry?.other ? <Avatar user_id={entry.other.id} size={32} /> : <ChatFace id={id} title={name} url={entry?.chat.avatar_url ?? null} size={32} />}
      </span>
      <span class="search-words">
        <span class="search-title">{hit.title && hit.title.text !== "" ? <Marked of={hit.title} /> : name}</span>
        {entry?.other === null && count > 0 && <span class="search-about">{t("chat.members_count", { count })}</span>}
      </span>
    </>
  );
}
