// The discussion of a task: messages of its chat that belong to it, and a field for the next.

import "./talk.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { useLocalDraft } from "../hooks/local-draft.ts";
import { composing } from "../../lib/keys.ts";
import type { Waiting } from "../../models/overlays/messages.ts";
import type { TaskView } from "../../models/overlays/tasks.ts";
import { feedOf } from "../../models/feeds.ts";
import { filesOf } from "../../models/uploads/files.ts";
import { Avatar, IconButton, Restored } from "../common/index.ts";
import { lazy } from "../common/lazy.tsx";
import { sends } from "../chat/enter.ts";
import { useLocal } from "../chat/local-files.ts";
import { useEverybody } from "../chat/everybody.tsx";
import { Mentions, useMentions } from "../chat/mentions.tsx";
import { Attach } from "../chat/tray/attach.tsx";
import { postFiles } from "../chat/tray/post.ts";
import type { TrayProps } from "../chat/tray/tray.tsx";
import { useTray } from "../chat/tray/use-tray.ts";
import { Problem, useUnsentMenu } from "../chat/unsent-menu.tsx";
import { Comment } from "./comment.tsx";
import { EditComment } from "./edit-comment.tsx";
import { fit } from "./editable.tsx";
import { Said, SaidFiles } from "./said.tsx";

export function Talk({ task }: { task: TaskView }) {
  const { tasks, chats } = useAccount();
  const { t } = useWords();
  const said = tasks
    .comments(task.id)
    .value.filter((message) => message.deleted_at === null && message.seq !== task.source_seq);
  const [changing, setChanging] = useState<Waiting | null>(null);
  const waiting = feedOf(chats, task.chat_id).waiting.value.filter((each) => each.task_id === task.id);
  // It may be sent while one changes it: what is being typed stays.
  if (changing !== null && !waiting.some(({ key }) => key === changing.key)) waiting.push(changing);
  const box = useShownWhenSaid(waiting.length);
  if (said.length + waiting.length === 0) return <p class="talk-empty">{t("card.talk_empty")}</p>;
  return (
    <div ref={box} class="talk" role="log" aria-label={t("card.talk")}>
      {said.map((message) => (
        <Comment key={message.seq} message={message} />
      ))}
      {waiting.map((message) => (
        <Unsent
          key={message.key}
          message={message}
          chat_id={task.chat_id}
          editing={changing?.key === message.key}
          onEditing={(on) => setChanging(on ? message : null)}
        />
      ))}
    </div>
  );
}

/** What one has just said stands at the end, which may be far below: one is brought to it. */
function useShownWhenSaid(waiting: number): { current: HTMLDivElement | null } {
  const box = useRef<HTMLDivElement>(null);
  const before = useRef(waiting);
  useEffect(() => {
    if (waiting > before.current) box.current?.lastElementChild?.scrollIntoView({ block: "nearest" });
    before.current = waiting;
  }, [waiting]);
  return box;
}

interface UnsentProps {
  message: Waiting;
  chat_id: number;
  editing: boolean;
  onEditing: (on: boolean) => void;
}

function Unsent({ message, chat_id, editing, onEditing }: UnsentProps) {
  const { people, user_id, outbox, tasks, writing } = useAccount();
  const { t } = useWords();
  const edit = (): void => onEditing(true);
  const menu = useUnsentMenu(message, edit);
  const name = people.name(user_id);
  const { order, key, text, state, task_id } = message;
  const files = useLocal(message.files);
  const save = (wanted: string): void => {
    if (outbox.has(order)) return outbox.edit(order, wanted);
    if (task_id === null) return;
    const stored = tasks.comments(task_id).peek().find((each) => each.client_message_id === key);
    if (stored === undefined) tasks.comment(task_id, wanted);
    else if (stored.text !== wanted) writing.edit(chat_id, stored.seq, wanted, stored.text);
  };
  return (
    <article class="talk-comment talk-unsent" {...(editing ? {} : menu.gesture)}>
      <Avatar user_id={user_id} size={24} />
      <div class="talk-said">
        <p class="talk-head">
          <b dir="auto">{name}</b> {t(`status.${state}`)}
        </p>
        {editing ? (
          <EditComment
            name={`chat.${chat_id}.o${order}`}
            chat_id={chat_id}
            text={text}
            base={{ order }}
            onSave={save}
            onDone={() => onEditing(false)}
          />
        ) : (
          text !== "" && <Said text={text} chat_id={chat_id} />
        )}
        {files.length > 0 && <SaidFiles files={files} where={{}} order={order} />}
        {state === "failed" && !editing && <Problem message={message} onEdit={edit} />}
      </div>
      {state === "waiting" && !editing && (
        <IconButton
          small
          class="talk-menu"
          icon="more"
          label={t("card.comment_menu", { name })}
          onClick={(event) => menu.open(event.currentTarget)}
        />
      )}
    </article>
  );
}

const Tray = lazy<TrayProps>(() => import("../chat/tray/tray.tsx"));

/** Enter sends, Shift+Enter breaks the line; on a touch screen Enter breaks it. */
export function CommentField({ task }: { task: TaskView }) {
  const account = useAccount();
  const { preferences } = useModel();
  const where = `task.${task.id}.comment`;
  const draft = useLocalDraft(where);
  const tray = useTray(where);
  const { t } = useWords();
  const field = useRef<HTMLTextAreaElement>(null);
  const mentions = useMentions(task.chat_id, field);
  const everybody = useEverybody(task.chat_id);
  const send = (): void => {
    const text = field.current?.value.trim() ?? "";
    if (field.current === null || tray.large.size > 0 || (text === "" && tray.files.length === 0)) return;
    everybody.ask(text, () => (tray.files.length > 0 ? void post() : said(() => account.tasks.comment(task.id, text))));
  };
  const post = (): Promise<void> =>
    postFiles(account, where, (files) => {
      const text = field.current?.value.trim() ?? draft.text;
      said(() => filesOf(account).send(task.chat_id, text, { files, where, task_id: account.tasks.real(task.id) }));
    });
  const said = (say: () => void): void => {
    say();
    draft.drop();
    if (field.current === null) return;
    field.current.value = "";
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
      {tray.files.length > 0 && <Tray tray={tray} field={field} />}
      <Attach onTake={tray.add} />
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
