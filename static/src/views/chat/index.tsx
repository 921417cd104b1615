// One chat: its messages, and a field to write the next.

import "./chat.css";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { useAccount, useModel, useWords } from "../../app/context.ts";
import { reason } from "../../app/reasons.ts";
import { renderMarkdown } from "../../lib/markdown.ts";
import type { Shown, Waiting } from "../../models/pending.ts";

export default function ChatScreen() {
  const place = useModel().router.place.value;
  return place.name === "chat" ? <Chat key={place.chat_id} id={place.chat_id} /> : null;
}

function Chat({ id }: { id: number }) {
  const { chats } = useAccount();
  const { t } = useWords();
  const chat = chats.of(id).value;
  const title = chat?.notebook ? t("chats.notebook") : chat?.title || t("chats.common");
  return (
    <section class="chat" aria-label={title}>
      <header class="chat-header">
        <a href="/" class="chat-back">
          {t("app.back")}
        </a>
        <h1 class="chat-title">{title}</h1>
      </header>
      <Log id={id} />
      <Composer id={id} />
    </section>
  );
}

function Log({ id }: { id: number }) {
  const { chats } = useAccount();
  const words = useWords();
  const { t } = words;
  const feed = chats.feed(id);
  const end = useRef<HTMLDivElement>(null);
  const messages = feed.messages.value;
  const waiting = feed.waiting.value;
  const last = messages.at(-1)?.seq ?? 0;
  useEffect(() => feed.open(), [feed]);
  useEffect(() => void chats.markRead(id, last), [chats, id, last]);
  useLayoutEffect(() => end.current?.scrollIntoView(), [last, waiting.length]);
  const problem = feed.error.value;
  return (
    <div class="chat-log" role="log" aria-label={t("chat.log")}>
      {problem && <p role="alert">{t("chat.failed", { reason: reason(problem, words) })}</p>}
      {feed.older.value && (
        <button type="button" class="button" onClick={() => void feed.loadOlder()}>
          {t("chat.older")}
        </button>
      )}
      {messages.map((message) => (
        <Post key={message.seq} message={message} />
      ))}
      {waiting.map((message) => (
        <Unsent key={message.key} message={message} />
      ))}
      <div ref={end} />
    </div>
  );
}

function Post({ message }: { message: Shown }) {
  const { people, chats, user_id } = useAccount();
  const { t, time } = useWords();
  const own = message.sender_id === user_id;
  const shown = useMemo(() => renderMarkdown(message.text), [message.text]);
  return (
    <article class={`post ${own ? "post-own" : ""}`} data-seq={message.seq}>
      {!own && <b class="post-name">{people.name(message.sender_id)}</b>}
      <div class="post-text">{message.deleted_at ? t("chat.deleted") : shown}</div>
      <span class="post-meta">
        <time>{time(message.created_at)}</time>
        {own && <span class="post-status">{t(`status.${chats.status(message)}`)}</span>}
      </span>
    </article>
  );
}

function Unsent({ message }: { message: Waiting }) {
  const { t } = useWords();
  return (
    <article class="post post-own post-unsent">
      <div class="post-text">{renderMarkdown(message.text)}</div>
      <span class="post-meta">{t(`status.${message.state}`)}</span>
    </article>
  );
}

function Composer({ id }: { id: number }) {
  const { chats, drafts, typing } = useAccount();
  const { t } = useWords();
  const draft = drafts.of(id).value;
  const send = (): void => {
    const text = drafts.of(id).peek();
    if (text.trim() !== "") chats.send(id, text);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        class="input composer-text"
        rows={1}
        aria-label={t("chat.placeholder")}
        placeholder={t("chat.placeholder")}
        value={draft}
        onInput={(event) => {
          drafts.set(id, event.currentTarget.value);
          typing.tell(id);
        }}
        onKeyDown={pressed}
      />
      <button type="submit" class="button button-main">
        {t("chat.send")}
      </button>
    </form>
  );
}
