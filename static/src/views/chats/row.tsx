// One chat in the list: its face and name, when something was said last and what, how much is unread.

import { useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { useAccount, useModel, useWords } from "../../app/context.ts";
import type { ChatEntry } from "../../models/entries.ts";
import { Face } from "../chat/face.tsx";
import { MessageMark } from "../chat/marks.tsx";
import { titleOf } from "../chat/title.ts";
import { useTypingWords } from "../chat/typing.ts";
import { Badge, Icon, type MenuItem, useLayers, useMenuGesture } from "../common/index.ts";
import { previewOf } from "./preview.ts";

export function ChatRow({ chat }: { chat: ChatEntry }) {
  const { router } = useModel();
  const { user_id, chats, places } = useAccount();
  const words = useWords();
  const { openMenu } = useLayers();
  const items = useRowMenu(chat);
  const { t, short } = words;
  const title = titleOf(chat, words);
  const gesture = useMenuGesture((at) => openMenu({ label: title, items: items(), at }));
  const { id, last, unread, mentions, muted } = chat;
  // Computed: of all rows only the one that is left and the one that is entered are drawn again.
  const here = useComputed(() => {
    const place = router.place.value;
    return (place.name === "chat" || place.name === "board") && place.chat_id === id;
  }).value;
  const warm = (): void => chats.feed(id).warm(places.landing(chat.my).spot);
  return (
    <li class="chats-item">
      <a
        class="chats-row"
        data-found
        href={router.href({ name: "chat", chat_id: id })}
        aria-current={here ? "page" : undefined}
        onPointerEnter={warm}
        onFocus={warm}
        {...gesture}
      >
        <Face entry={chat} title={title} size={48} />
        <span class="chats-name">
          <span dir="auto" class={unread > 0 && !muted ? "chats-name-new" : ""}>
            {title}
          </span>
          {muted && <Icon name="bellOff" size={16} label={t("chats.muted")} />}
        </span>
        <span class="chats-when">
          {last !== null && last.sender_id === user_id && !chat.notebook && <MessageMark chat_id={id} seq={last.seq} />}
          {last && <time dateTime={last.created_at}>{short(last.created_at)}</time>}
        </span>
        <Preview chat={chat} here={here} />
        <span class="chats-badges">
          {mentions > 0 && <Badge count={mentions} sign="@" label={t("chats.mentions", { count: mentions })} />}
          <Badge count={unread} kind={muted ? "quiet" : "accent"} label={t("chats.unread", { count: unread })} />
        </span>
      </a>
    </li>
  );
}

function Preview({ chat, here }: { chat: ChatEntry; here: boolean }) {
  const { people, user_id } = useAccount();
  const { t } = useWords();
  const { last, draft } = chat;
  const typing = useTypingWords(chat.id);
  const shown = draft ?? last?.text ?? "";
  const text = useMemo(() => previewOf(shown), [shown]);
  if (typing !== null && !here) return <span class="chats-last chats-typing">{typing}</span>;
  if (draft !== null) {
    return (
      <span class="chats-last">
        <span class="chats-draft">{t("chats.draft")}</span> <bdi>{text}</bdi>
      </span>
    );
  }
  if (last === null) return <span class="chats-last">{t("chats.nothing_said")}</span>;
  const own = last.sender_id === user_id;
  const named = own ? !chat.notebook : chat.other === null;
  return (
    <span class="chats-last">
      {named && <span class="chats-who">{own ? t("chats.you") : <Speaker name={people.name(last.sender_id)} />} </span>}
      <bdi>{last.deleted_at === null ? text : t("chat.deleted")}</bdi>
    </span>
  );
}

function Speaker({ name }: { name: string }) {
  return (
    <>
      <bdi>{firstName(name)}</bdi>:
    </>
  );
}

function useRowMenu(chat: ChatEntry): () => MenuItem[] {
  const { chats } = useAccount();
  const { t } = useWords();
  const { id, unread, last, muted, notebook } = chat;
  return () => [
    last !== null && {
      label: t("chats.mark_read"),
      icon: "check",
      disabled: unread === 0,
      run: () => void chats.markRead(id, last.seq),
    },
    !notebook && {
      label: t(muted ? "chats.unmute" : "chats.mute"),
      icon: muted ? "bell" : "bellOff",
      run: () => chats.setNotify(id, muted ? "all" : "none"),
    },
  ];
}

function firstName(name: string): string {
  return name.split(/\s+/)[0] ?? name;
}
