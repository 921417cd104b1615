// The messages of a chat, by day.

import "./feed.css";
import { useComputed, useSignalEffect } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import { lazy } from "../common/lazy.tsx";
import { tip } from "../common/index.ts";
import { useMessageActions } from "./actions.ts";
import { useSelecting } from "./selecting.ts";
import type { DateJumpProps } from "./date-jump.tsx";
import { FeedView } from "./feed-view.ts";
import { FeedEmpty, FeedFailed, FeedLoading, Further } from "./feed-states.tsx";
import { useFeedKeys } from "./feed-keys.ts";
import { JumpToLatest } from "./jump.tsx";
import { Passed } from "./passed.tsx";
import { Post } from "./post.tsx";
import type { ChatState } from "./state.ts";
import { Unsent } from "./unsent.tsx";
import { together } from "./groups.ts";

const DateJump = lazy<DateJumpProps>(() => import("./date-jump.tsx"));

export function Feed({ state }: { state: ChatState }) {
  const account = useAccount();
  const { t, day } = useWords();
  const view = useMemo(() => new FeedView(account, state), [account, state]);
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  useFollowing(view, box, content);
  const actions = useMessageActions(state);
  const keys = useFeedKeys(view, state, actions);
  const selecting = useSelecting(view, state);
  const [asked, setAsked] = useState<string | null>(null);
  const { feed, scroll } = view;
  const days = view.days.value;
  const waiting = feed.waiting.value;
  const line = view.line.value;
  const archive = feed.archive.value;
  const direct = useComputed(() => account.chats.of(state.chat_id).value?.chat.kind === "direct").value;
  // Before anything in the document changes: where one stands.
  if (!scroll.stuck.peek()) scroll.note();
  useLayoutEffect(() => view.arrived());
  const empty = feed.state.value === "ready" && days.length === 0 && waiting.length === 0;
  const last = view.shown.value.at(-1);
  return (
    <div class="feed-place">
      <Passed view={view} chat_id={state.chat_id} />
      <div
        ref={box}
        class="feed"
        role="log"
        aria-label={t("chat.log")}
        // What one scrolls to is no news.
        aria-live={scroll.stuck.value ? "polite" : "off"}
        aria-busy={feed.state.value === "loading"}
        onScroll={() => view.moved()}
        onKeyDown={keys}
        onClickCapture={selecting}
      >
        <div ref={content} class="feed-content">
          <Further view={view} />
          {feed.state.value === "loading" && waiting.length === 0 && <FeedLoading />}
          {feed.state.value === "failed" && <FeedFailed view={view} />}
          {empty && <FeedEmpty chat_id={state.chat_id} />}
          {days.map(({ date, at, posts }) => (
            <section key={date} class="feed-day" aria-label={day(at)}>
              <h2 class="feed-date">
                <button type="button" {...tip(t("chat.date_jump"))} onClick={() => setAsked(at)}>
                  {day(at)}
                </button>
              </h2>
              {posts.flatMap(({ message, first, last: ends }) => {
                const post = (
                  <Post
                    key={message.seq}
                    message={message}
                    first={first}
                    last={ends && !(message === last && waiting.length > 0 && message.sender_id === account.user_id)}
                    direct={direct}
                    state={state}
                    view={view}
                    actions={actions}
                  />
                );
                return [
                  message.seq === archive && <Line key="archive" name="archive" />,
                  message.seq === line && <Line key="new" name="new" />,
                  post,
                ];
              })}
            </section>
          ))}
          {waiting.map((message, index) => (
            <Unsent
              key={message.key}
              message={message}
              state={state}
              first={index === 0 && !(last && last.sender_id === account.user_id && recent(last.created_at))}
            />
          ))}
        </div>
      </div>
      <JumpToLatest view={view} chat_id={state.chat_id} />
      {asked !== null && <DateJump view={view} at={asked} onClose={() => setAsked(null)} />}
    </div>
  );
}

/** Above what is new, or where the archive ends. */
function Line({ name }: { name: "new" | "archive" }) {
  const { t } = useWords();
  return (
    <div class={`feed-${name}`} role="separator">
      <span>{t(`chat.${name}_line`)}</span>
    </div>
  );
}

function recent(at: string): boolean {
  return together({ sender_id: 0, created_at: at } as never, { sender_id: 0, created_at: new Date().toISOString() } as never);
}

function useFollowing(
  view: FeedView,
  box: { current: HTMLDivElement | null },
  content: { current: HTMLDivElement | null },
): void {
  useLayoutEffect(() => {
    if (box.current && content.current) return view.scroll.attach(box.current, content.current);
    return undefined;
  }, [view, box, content]);
  // Not after the next frame: what is local is to be read while that is made.
  useLayoutEffect(() => view.open(), [view]);
  useEffect(() => {
    const begins = (): void => view.print(true);
    const ends = (): void => view.print(false);
    addEventListener("beforeprint", begins);
    addEventListener("afterprint", ends);
    return () => {
      removeEventListener("beforeprint", begins);
      removeEventListener("afterprint", ends);
    };
  }, [view]);
  const said = useRef(view.feed.waiting.peek().at(-1)?.order ?? 0);
  useSignalEffect(() => {
    const newest = view.feed.waiting.value.at(-1)?.order ?? 0;
    if (newest > said.current) view.said();
    said.current = Math.max(said.current, newest);
  });
}
