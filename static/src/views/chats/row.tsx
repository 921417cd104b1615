// One chat in the list: its face and name, when something was said last and what, how much is unread.

import { useComputed } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { ChatEntry } from "../../models/entries.ts";
import { Face } from "../chat/face.tsx";
import { Mark, MessageMark } from "../chat/marks.tsx";
import { titleOf } from "../chat/title.ts";
import { useTypingWords } from "../chat/typing.ts";
import { Badge, Dot, Icon, type MenuItem, useLayers, useMenuGesture } from "../common/index.ts";
import { Named, namedParts } from "../common/named.tsx";
import { FilesSaid } from "./files-said.tsx";
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
  const { id, last, unread, mentions, muted, marked, pinned, waiting } = chat;
  // Computed: of all rows only the one that is left and the one that is entered are drawn again.
  const held = useRef(false);
  const here = useComputed(() => {
    const place = router.place.value;
    // A card or a profile opens over the place one is at.
    if (place.name !== "task" && place.name !== "person") held.current = "chat_id" in place && place.chat_id === id;
    return held.current;
  }).value;
  const said = waiting === null ? (last?.created_at ?? null) : new Date(waiting.at).toISOString();
  const warm = async (): Promise<void> => {
    const { feedOf } = await import("../../models/feeds.ts");
    feedOf(chats, id).warm(places.landing(chat.my).spot);
  };
  return (
    <li class="chats-item">
      <a
        class="chats-row"
        data-found
        data-takes={id}
        href={router.href({ name: "chat", chat_id: id })}
        aria-current={here ? "page" : undefined}
        onPointerEnter={() => void warm()}
        onFocus={() => void warm()}
        {...gesture}
      >
        <Face entry={chat} title={title} size={48} />
        <span class="chats-name">
          <span dir="auto" class={(unread > 0 || marked) && !muted ? "chats-name-new" : ""}>
            <Named name={title} />
          </span>
          {muted && <Icon name="bellOff" size={16} label={t("chats.muted")} />}
          {pinned && <Icon name="pin" size={16} label={t("chats.pinned")} />}
        </span>
        <span class="chats-when">
          {waiting !== null && <Mark status={waiting.state} />}
          {waiting === null && last !== null && last.sender_id === user_id && !chat.notebook && (
            <MessageMark chat_id={id} seq={last.seq} />
          )}
          {said !== null && <time dateTime={said}>{short(said)}</time>}
        </span>
        <Preview chat={chat} here={here} />
        <span class="chats-badges">
          {mentions > 0 && <Badge count={mentions} sign="@" label={t("chats.mentions", { count: mentions })} />}
          <Badge count={unread} kind={muted ? "quiet" : "accent"} label={t("chats.unread", { count: unread })} />
          {marked && <Dot kind={muted ? "quiet" : "accent"} label={t("chats.marked")} />}
        </span>
      </a>
    </li>
  );
}

function Preview({ chat, here }: { chat: ChatEntry; here: boolean }) {
  const { people, user_id } = useAccount();
  const { t } = useWords();
  const { last, draft, waiting } = chat;
  const typing = useTypingWords(chat.id);
  const shown = draft ?? waiting?.fields.text ?? last?.text ?? "";
  const files = waiting === null ? last?.files : waiting.fields.files;
  const text = useMemo(() => previewOf(shown), [shown]);
  if (typing !== null && !here) return <span class="chats-last chats-typing">{typing}</span>;
  if (draft !== null) {
    return (
      <span class="chats-last">
        <span class="chats-draft">{t("chats.draft")}</span> <bdi>{text}</bdi>
      </span>
    );
  }
  const said = (
    <>
      {files?.length && text !== "" ? <Icon name="attach" size={14} /> : null}
      {files?.length && text === "" ? <FilesSaid files={files} /> : text}
    </>
  );
  if (waiting !== null) {
    return (
      <span class="chats-last">
        {!chat.notebook && <span class="chats-who">{t("chats.you")} </span>}
        {said}
      </span>
    );
  }
  if (last === null) return <span class="chats-last">{t("chats.nothing_said")}</span>;
  const own = last.sender_id === user_id;
  const named = own ? !chat.notebook : chat.other === null;
  return (
    <span class="chats-last">
      {named && <span class="chats-who">{own ? t("chats.you") : <Speaker name={people.name(last.sender_id)} />} </span>}
      <bdi>{last.deleted_at === null ? said : t("chat.deleted")}</bdi>
    </span>
  );
}

function Speaker({ name }: { name: string }) {
  // Of two who have the same name in full, also which.
  const { head, tail } = namedParts(name);
  return (
    <>
      <bdi class={tail === "" ? "" : "chats-who-cut"}>{head.split(/\s+/, 1)}</bdi>
      <bdi>{tail}</bdi>:
    </>
  );
}

function useRowMenu(chat: ChatEntry): () => MenuItem[] {
  const { writing } = useAccount();
  const { t } = useWords();
  const { id, unread, last, muted, notebook, marked, pinned } = chat;
  const read = (): void => {
    if (marked) writing.setListing(id, { unread: false });
    if (last !== null) void writing.markRead(id, last.seq);
  };
  return () => [
    { label: t(pinned ? "chats.unpin" : "chats.pin"), icon: pinned ? "unpin" : "pin", run: () => writing.setListing(id, { pinned: !pinned }) },
    unread > 0 || marked
      ? { label: t("chats.mark_read"), icon: "check", run: read }
      : { label: t("chats.mark_unread"), icon: "chat", run: () => writing.setListing(id, { unread: true }) },
    !notebook && {
      label: t(muted ? "chats.unmute" : "chats.mute"),
      icon: muted ? "bell" : "bellOff",
      run: () => writing.setNotify(id, muted ? "all" : "none"),
    },
  ];
}
