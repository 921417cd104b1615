// The messages that were pinned in a chat, the newest pin first; each leads to its place.

import "./pins.css";
import { breakpointNow } from "../hooks/breakpoint.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { Message } from "../../models/types.ts";
import { Avatar, Button, EmptyState, IconButton, Panel } from "../common/index.ts";
import { Thumb, wordsOfFiles } from "../files/index.ts";
import { mayDo } from "./actions.ts";
import { usePanelClose } from "./panel.ts";
import { useProse } from "./prose.ts";
import type { ChatState } from "./state.ts";

export default function PinsPanel({ state }: { state: ChatState }) {
  const { chats } = useAccount();
  const { t } = useWords();
  const close = usePanelClose(state, "pins");
  const pins = chats.pins(state.chat_id).value;
  return (
    <Panel title={t("chat.pins")} onClose={close}>
      {pins.length === 0 && (
        <EmptyState small icon="pin" title={t("chat.pins_empty")} text={t("chat.pins_empty_text")}>
          <Button onClick={close}>{t("chat.to_messages")}</Button>
        </EmptyState>
      )}
      <ul class="pins">
        {pins.map((message) => (
          <Pin key={message.seq} message={message} onShow={() => (state.panel.value = null)} />
        ))}
      </ul>
    </Panel>
  );
}

function Pin({ message, onShow }: { message: Message; onShow: () => void }) {
  const account = useAccount();
  const { router } = useModel();
  const words = useWords();
  const { t, moment } = words;
  const { chat_id, seq, sender_id, text, files } = message;
  const shown = useProse(text, chat_id);
  const place = { name: "chat", chat_id, seq } as const;
  return (
    <li class="pin">
      <div class="pin-head">
        <Avatar user_id={sender_id} size={24} />
        <span dir="auto" class={`pin-name person-c${account.people.colour(sender_id)}`}>{account.people.name(sender_id)}</span>
        <time class="pin-time" dateTime={message.created_at}>
          {moment(message.created_at)}
        </time>
        {mayDo(account, { ...message, pending: false }).pin && (
          <IconButton small icon="unpin" label={t("chat.unpin")} onClick={() => account.writing.unpin(chat_id, seq)} />
        )}
      </div>
      {files.length > 0 && (
        <p class="pin-files">
          {files.slice(0, 4).map((file) => (
            <Thumb key={file.id} file={file} size={48} />
          ))}
          <span>{wordsOfFiles(files, words, { sizes: true })}</span>
        </p>
      )}
      {text !== "" && <div class="pin-text prose">{shown}</div>}
      <a
        class="pin-link"
        href={router.href(place)}
        onClick={(event) => {
          // There the list stands in the chat's place: what it leads to comes instead of it.
          if (breakpointNow() !== "phone") return;
          event.preventDefault();
          router.go(place, { replace: true });
          onShow();
        }}
      >
        {t("chat.show_in_chat")}
      </a>
    </li>
  );
}
