// The discussion of a task: messages of its chat that belong to it, and a field for the next.

import "./talk.css";
import { useRef } from "preact/hooks";
import { useAccount, useModel, useWords } from "../../app/context.ts";
import { useLocalDraft } from "../../app/local-draft.ts";
import { composing } from "../../lib/keys.ts";
import type { Waiting } from "../../models/pending.ts";
import type { TaskView } from "../../models/planned.ts";
import { feedOf } from "../../models/feeds.ts";
import { Avatar, IconButton, Restored } from "../common/index.ts";
import { sends } from "../chat/enter.ts";
import { useEverybody } from "../chat/everybody.tsx";
import { Mentions, useMentions } from "../chat/mentions.tsx";
import { Comment } from "./comment.tsx";
import { fit } from "./editable.tsx";
import { Said } from "./said.tsx";

export function Talk({ task }: { task: TaskView }) {
  const { tasks, chats } = useAccount();
  const { t } = useWords();
  const said = tasks
    .comments(task.id)
    .value.filter((message) => message.deleted_at === null && message.seq !== task.source_seq);
  const waiting = feedOf(chats, task.chat_id).waiting.value.filter((each) => each.task_id === task.id);
  if (said.length + waiting.length === 0) return <p class="talk-empty">{t("card.talk_empty")}</p>;
  return (
    <div class="talk" role="log" aria-label={t("card.talk")}>
      {said.map((message) => (
        <Comment key={message.seq} message={message} />
      ))}
      {waiting.map((message) => (
        <Unsent key={message.key} message={message} chat_id={task.chat_id} />
      ))}
    </div>
  );
}

function Unsent({ message, chat_id }: { message: Waiting; chat_id: number }) {
  const { people, user_id } = useAccount();
  const { t } = useWords();
  return (
    <article class="talk-comment talk-unsent">
      <Avatar user_id={user_id} size={24} />
      <div class="talk-said">
        <p class="talk-head">
          <b dir="auto">{people.name(user_id)}</b> {t(`status.${message.state}`)}
        </p>
        <Said text={message.text} chat_id={chat_id} />
      </div>
    </article>
  );
}

/** Enter sends, Shift+Enter breaks the line; on a touch screen Enter breaks it. */
export function CommentField({ task }: { task: TaskView }) {
  const { tasks } = useAccount();
  const { preferences } = useModel();
  const draft = useLocalDraft(`task.${task.id}.comment`);
  const { t } = useWords();
  const field = useRef<HTMLTextAreaElement>(null);
  const mentions = useMentions(task.chat_id, field);
  const everybody = useEverybody(task.chat_id);
  const send = (): void => {
    const text = field.current?.value.trim() ?? "";
    if (field.current === null || text === "") return;
    everybody.ask(text, () => said(text));
  };
  const said = (text: string): void => {
    if (field.current === null) return;
    tasks.comment(task.id, text);
    field.current.value = "";
    draft.drop();
    fit(field.current);
    field.current.focus();
  };
  const pressed = (event: KeyboardEvent): void => {
    if (composing(event) || mentions.pressed(event)) return;
    if (!sends(event, preferences.enterSends.peek())) return;
    event.preventDefault();
    send();
  };
  const discard = (): void => {
    draft.drop();
    if (field.current !== null) field.current.value = "";
    fit(field.current);
  };
  return (
    <form
      class="comment-field"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {draft.restored && <Restored onDiscard={discard} />}
      <textarea
        dir="auto"
        ref={field}
        class="input comment-field-text"
        rows={1}
        aria-label={t("card.comment")}
        placeholder={t("card.comment")}
        {...mentions.attributes}
        defaultValue={draft.text}
        onInput={(event) => {
          draft.keep(event.currentTarget.value);
          fit(event.currentTarget);
          mentions.look();
        }}
        onClick={mentions.look}
        onBlur={mentions.close}
        onKeyDown={pressed}
      />
      <Mentions mentions={mentions} />
      {everybody.question}
      <IconButton type="submit" icon="send" label={t("card.comment_send")} />
    </form>
  );
}
