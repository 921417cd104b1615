// What somebody said of a task; one's own can be said differently, or taken back.

import { useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import type { Shown } from "../../models/overlays/messages.ts";
import { mayDo } from "../chat/actions.ts";
import { useFiles } from "../chat/local-files.ts";
import { Avatar, Icon, MenuButton, type MenuItem, useLayers } from "../common/index.ts";
import { EditComment } from "./edit-comment.tsx";
import { Said, SaidFiles } from "./said.tsx";

export function Comment({ message }: { message: Shown }) {
  const { people, writing, user_id } = useAccount();
  const { t, moment } = useWords();
  const { chat_id, seq, text } = message;
  const [editing, setEditing] = useState(false);
  const files = useFiles(message, message.sender_id === user_id);
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
          <EditComment
            name={`chat.${chat_id}.${seq}`}
            chat_id={chat_id}
            text={text}
            base={{ seq }}
            onSave={(wanted, before) => wanted !== before.trim() && writing.edit(chat_id, seq, wanted, before)}
            onDone={() => setEditing(false)}
          />
        ) : (
          text !== "" && <Said text={text} chat_id={chat_id} />
        )}
        {files.length > 0 && <SaidFiles files={files} where={{ chat_id, seq }} />}
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
  const remove = (): void => toast({ text: t("card.comment_deleted"), undo: account.writing.remove(chat_id, seq) });
  if (!may.edit && !may.remove) return null;
  return () => [
    may.edit && { label: t("chat.edit"), icon: "edit", run: edit },
    may.remove && { label: t("app.delete"), icon: "trash", danger: true, run: remove },
  ];
}
