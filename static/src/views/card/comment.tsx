// What somebody said of a task; one's own can be said differently, or taken back.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useAccount, useModel, useWords } from "../../app/context.ts";
import { useLocalDraft } from "../../app/local-draft.ts";
import { composing } from "../../lib/keys.ts";
import type { Shown } from "../../models/pending.ts";
import { mayDo } from "../chat/actions.ts";
import { sends } from "../chat/enter.ts";
import { useEverybody } from "../chat/everybody.tsx";
import { Mentions, useMentions } from "../chat/mentions.tsx";
import { Avatar, Button, Icon, MenuButton, type MenuItem, Restored, useLayers } from "../common/index.ts";
import { fit } from "./editable.tsx";
import { Said } from "./said.tsx";

export function Comment({ message }: { message: Shown }) {
  const { people } = useAccount();
  const { t, moment } = useWords();
  const [editing, setEditing] = useState(false);
  const items = useItems(message, () => setEditing(true));
  const name = people.name(message.sender_id);
  return (
    <article class="talk-comment" aria-label={t("chat.message_of", { name, at: moment(message.created_at) })}>
      <Avatar user_id={message.sender_id} size={24} />
      <div class="talk-said">
        <p class="talk-head">
          <b dir="auto">{name}</b> <time dateTime={message.created_at}>{moment(message.created_at)}</time>
          {message.edited_at !== null && <span title={moment(message.edited_at)}> · {t("chat.edited")}</span>}
          {message.pending && <Icon name="clock" size={12} label={t("card.waiting")} />}
        </p>
        {editing ? (
          <Editing message={message} onDone={() => setEditing(false)} />
        ) : (
          <Said text={message.text} chat_id={message.chat_id} />
        )}
      </div>
      {!editing && items !== null && (
        <MenuButton small class="talk-menu" icon="more" label={t("card.comment_menu", { name })} items={items} />
      )}
    </article>
  );
}

/** Null when it is not one's own to change. */
function useItems(message: Shown, edit: () => void): (() => MenuItem[]) | null {
  const account = useAccount();
  const { t } = useWords();
  const { toast } = useLayers();
  const may = mayDo(account, message);
  const { chat_id, seq } = message;
  const remove = (): void => toast({ text: t("card.comment_deleted"), undo: account.chats.remove(chat_id, seq) });
  if (!may.edit && !may.remove) return null;
  return () => [
    may.edit && { label: t("chat.edit"), icon: "edit", run: edit },
    may.remove && { label: t("app.delete"), icon: "trash", danger: true, run: remove },
  ];
}

function Editing({ message, onDone }: { message: Shown; onDone: () => void }) {
  const { chats } = useAccount();
  const { preferences } = useModel();
  const { t } = useWords();
  const field = useRef<HTMLTextAreaElement>(null);
  const { chat_id, seq } = message;
  // As it was when one began: what others do meanwhile is met as a conflict.
  const [begun] = useState(message.text);
  const draft = useLocalDraft(`chat.${chat_id}.${seq}`, begun, { seq, text: begun });
  const before = String(draft.base?.["text"] ?? begun);
  const mentions = useMentions(chat_id, field);
  const everybody = useEverybody(chat_id);
  useLayoutEffect(() => {
    const element = field.current;
    element?.focus();
    element?.setSelectionRange(element.value.length, element.value.length);
    fit(element);
  }, []);
  const save = (): void => {
    const text = field.current?.value.trim() ?? "";
    if (text === "") return;
    everybody.ask(text, () => {
      draft.drop();
      if (text !== before.trim()) chats.edit(chat_id, seq, text, before);
      onDone();
    });
  };
  const discard = (): void => {
    draft.drop();
    if (field.current !== null) field.current.value = begun;
    fit(field.current);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (composing(event) || mentions.pressed(event)) return;
    if (event.key === "Escape") onDone();
    else if (sends(event, preferences.enterSends.peek())) save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <form
      class="talk-editing"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Mentions mentions={mentions} />
      <textarea
        ref={field}
        class="input"
        dir="auto"
        rows={1}
        aria-label={t("card.comment")}
        defaultValue={draft.text}
        {...mentions.attributes}
        onInput={(event) => {
          draft.keep(event.currentTarget.value);
          fit(event.currentTarget);
          mentions.look();
        }}
        onClick={mentions.look}
        onBlur={mentions.close}
        onKeyDown={pressed}
      />
      {draft.restored && <Restored onDiscard={discard} />}
      <div class="talk-buttons">
        <Button small kind="main" type="submit">
          {t("app.save")}
        </Button>
        <Button small kind="quiet" onClick={onDone}>
          {t("app.cancel")}
        </Button>
      </div>
      {everybody.question}
    </form>
  );
}
