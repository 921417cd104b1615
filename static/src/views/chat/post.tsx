// One message as it is read: who, what, when, how far it has come, what people made of it.

import "./post.css";
import { useComputed } from "@preact/signals";
import { useState } from "preact/hooks";
import { byTouch } from "../hooks/breakpoint.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { Words } from "../../lib/locale.ts";
import type { Shown } from "../../models/overlays/messages.ts";
import { TaskChip } from "../card/chip.tsx";
import { Avatar, Icon, IconButton, type MenuItem, useLayers, useMenuGesture } from "../common/index.ts";
import { Named } from "../common/named.tsx";
import type { MessageActions } from "./actions.ts";
import { emojiMenu, QuickEmojis } from "./emoji.tsx";
import { fileItems } from "./file-menu.ts";
import { Fold, isLong } from "./fold.tsx";
import type { FeedView } from "./feed-view.ts";
import { Files } from "./files.tsx";
import { hasPictures, isPicture } from "../files/shown.ts";
import { wordsOfFiles } from "../files/words.ts";
import { Forwarded } from "./forwarded.tsx";
import { useFiles } from "./local-files.ts";
import { MessageMark } from "./marks.tsx";
import { useProse } from "./prose.ts";
import { Quote } from "./quote.tsx";
import { Reactions } from "./reactions.tsx";
import type { ChatState } from "./state.ts";

export interface PostProps {
  message: Shown;
  /** The first and the last of one person's group. */
  first: boolean;
  last: boolean;
  /** Of a chat of two: nobody has to be named. */
  direct: boolean;
  state: ChatState;
  view: FeedView;
  actions: MessageActions;
}

export function Post({ message, first, last, direct, state, view, actions }: PostProps) {
  const { user_id, people } = useAccount();
  const words = useWords();
  const { seq, sender_id, chat_id } = message;
  const own = sender_id === user_id;
  const files = useFiles(message, own);
  const deleted = message.deleted_at !== null;
  const found = useComputed(() => state.found.value === seq).value;
  // Decided once, when it comes: it must not move again.
  const [fresh] = useState(() => !own && view.scroll.stuck.peek() && seq > state.seen);
  const [hot, setHot] = useState(false);
  const selected = useSelected(state, seq);
  const menu = useMessageMenu(message, actions);
  const named = !own && !direct;
  const pictured = hasPictures(files);
  const wordless = files.length > 0 && message.text === "";
  const bare = wordless && files.every(isPicture);
  const rows = wordless && !bare;
  return (
    <article
      class={classes({ own, first, last, found, fresh, named, deleted, pictured, bare, rows, selected: selected === true })}
      data-seq={seq}
      // Of the one that keys are for the view makes it 0.
      tabIndex={-1}
      aria-label={labelOf(message, people.name(sender_id), words)}
      onFocus={() => (state.chosen.value = seq)}
      onPointerEnter={(event) => event.pointerType === "mouse" && setHot(true)}
      onPointerLeave={() => setHot(false)}
      {...(deleted ? {} : menu.gesture)}
    >
      {selected !== null && !deleted && <Check on={selected} />}
      {named && <div class="post-side">{first && <Avatar user_id={sender_id} size={32} />}</div>}
      <div class="post-bubble">
        {named && first && <Name user_id={sender_id} />}
        {!deleted && message.forwarded_from !== null && <Forwarded from={message.forwarded_from} {...{ chat_id, seq }} />}
        {!deleted && message.reply_to !== null && <Quote chat_id={chat_id} seq={message.reply_to} />}
        {files.length > 0 && <Files files={files} where={{ chat_id, seq }} />}
        <Text message={message} state={state} view={view} />
        <Foot message={message} own={own} last={last} />
        {!deleted && message.task_id !== null && <TaskChip id={message.task_id} />}
        {message.reactions.length > 0 && <Reactions message={message} />}
        {hot && !deleted && selected === null && <Bar message={message} actions={actions} onMore={menu.open} />}
      </div>
    </article>
  );
}

/** Null: nothing is being selected. */
function useSelected({ selection }: ChatState, seq: number): boolean | null {
  return useComputed(() => (selection.active.value ? selection.has(seq) : null)).value;
}

function Check({ on }: { on: boolean }) {
  const { t } = useWords();
  return (
    <span class="post-check" role="checkbox" aria-checked={on} aria-label={t("chat.select")}>
      <Icon name={on ? "circleCheck" : "circle"} />
    </span>
  );
}

function labelOf({ created_at, files }: Shown, name: string, words: Words): string {
  const said = words.t("chat.message_of", { name, at: words.time(created_at) });
  return files.length === 0 ? said : `${said}: ${wordsOfFiles(files, words, { sizes: true })}`;
}

function classes(is: Record<string, boolean>): string {
  const on = Object.keys(is).filter((name) => is[name]);
  return ["post", ...on.map((name) => `post-${name}`)].join(" ");
}

function Name({ user_id }: { user_id: number }) {
  const { people } = useAccount();
  const { router } = useModel();
  return (
    <a
      class={`post-name person-c${people.colour(user_id)}`}
      dir="auto"
      href={router.href({ name: "person", user_id })}
    >
      <Named name={people.name(user_id)} />
    </a>
  );
}

function Text({ message, state, view }: { message: Shown; state: ChatState; view: FeedView }) {
  const { t } = useWords();
  const shown = useProse(message.text, message.chat_id);
  if (message.deleted_at !== null) return <p class="post-gone">{t("chat.deleted")}</p>;
  if (message.text === "") return null;
  if (!isLong(message.text)) return <div class="post-text prose">{shown}</div>;
  return (
    <Fold seq={message.seq} state={state} view={view}>
      <div class="post-text prose">{shown}</div>
    </Fold>
  );
}

function Foot({ message, own, last }: { message: Shown; own: boolean; last: boolean }) {
  const { t, time, moment } = useWords();
  const { created_at, edited_at, pinned_at, deleted_at } = message;
  const edited = edited_at !== null && deleted_at === null;
  return (
    // A finger points at nothing: there it is always in sight.
    <span class={`post-foot ${last || byTouch() ? "" : "post-foot-aside"}`}>
      {pinned_at !== null && <Icon name="pin" size={12} label={t("chat.pinned")} />}
      {edited && <span title={moment(edited_at)}>{t("chat.edited")}</span>}
      <time class="post-time" dateTime={created_at}>
        {time(created_at)}
      </time>
      {own && <MessageMark chat_id={message.chat_id} seq={message.seq} />}
    </span>
  );
}

function Bar(props: { message: Shown; actions: MessageActions; onMore: (at: Element) => void }) {
  const { message, actions, onMore } = props;
  const { t } = useWords();
  const { openMenu } = useLayers();
  const made = message.task_id !== null;
  const react = (emoji: string): void => actions.react(message, emoji);
  const off = { small: true, tabIndex: -1 };
  return (
    <div class="post-bar" role="toolbar" aria-label={t("chat.actions")}>
      <IconButton
        {...off}
        icon="smile"
        label={t("chat.react")}
        onClick={(event) => openMenu(emojiMenu(t("chat.react"), event.currentTarget, react))}
      />
      <IconButton {...off} icon="reply" label={t("chat.reply")} keys="r" onClick={() => actions.reply(message)} />
      <IconButton
        {...off}
        icon="task"
        label={t(made ? "chat.open_task" : "chat.make_task")}
        keys="t"
        onClick={() => actions.task(message)}
      />
      <IconButton {...off} icon="more" label={t("app.more")} onClick={(event) => onMore(event.currentTarget)} />
    </div>
  );
}

/** What is of a file stands behind what is of the message as a whole. */
function withFiles(items: MenuItem[], files: MenuItem[]): MenuItem[] {
  return items.toSpliced(items.indexOf("line"), 0, ...files);
}

type At = Element | { x: number; y: number };

function useMessageMenu(message: Shown, actions: MessageActions) {
  const words = useWords();
  const { t } = words;
  const layers = useLayers();
  const { openMenu } = layers;
  const open = (at: At): void => {
    const label = t("chat.react");
    const react = (emoji: string): void => actions.react(message, emoji);
    openMenu({
      label: t("chat.actions"),
      at,
      items: withFiles(actions.items(message), fileItems(message, at, words, layers)),
      head: (close) => (
        <QuickEmojis
          label={label}
          onPick={react}
          close={close}
          more={{ label: t("chat.more_emojis"), open: () => openMenu(emojiMenu(label, at, react)) }}
        />
      ),
    });
  };
  const gesture = useMenuGesture(open);
  const { onContextMenu } = gesture;
  return {
    open,
    gesture: {
      ...gesture,
      onContextMenu: (event: MouseEvent): void => {
        // A link has the browser's own menu, but for a finger that rests on it.
        const link = (event.target as Element).closest("a") !== null;
        if (!link || event.button !== 2) onContextMenu(event);
      },
    },
  };
}
