// A message of one's own that the server does not have yet: on its way, or refused and in one's hands.

import "./post.css";
import { useWords } from "../hooks/context.ts";
import type { Waiting } from "../../models/overlays/messages.ts";
import { IconButton } from "../common/index.ts";
import { ForwardedWords } from "./forwarded.tsx";
import { Mark } from "./marks.tsx";
import { useProse } from "./prose.ts";
import { Quote } from "./quote.tsx";
import type { ChatState } from "./state.ts";
import { Problem, useUnsentMenu } from "./unsent-menu.tsx";

export function Unsent({ message, state, first }: { message: Waiting; state: ChatState; first: boolean }) {
  const { t, time } = useWords();
  const { order, text, reply_to, at } = message;
  const edit = (): void => state.change({ order, text });
  const shown = useProse(text, state.chat_id);
  const said = t(`status.${message.state}`);
  const menu = useUnsentMenu(message, edit);
  return (
    <article
      class={`post post-own post-last post-unsent post-fresh ${first ? "post-first" : ""}`}
      tabIndex={0}
      {...menu.gesture}
      aria-label={`${t("chat.message_of", { name: t("chat.you"), at: time(at) })}, ${said}`}
    >
      <div class="post-bubble">
        {message.forwarded_from !== null && <ForwardedWords from={message.forwarded_from} />}
        {reply_to !== null && <Quote chat_id={state.chat_id} seq={reply_to} />}
        <div class="post-text prose">{shown}</div>
        <span class="post-foot">
          <time class="post-time" dateTime={new Date(at).toISOString()}>
            {time(at)}
          </time>
          <Mark status={message.state} />
        </span>
        {message.state === "failed" && <Problem message={message} onEdit={edit} />}
        {message.state === "waiting" && (
          <div class="post-bar post-bar-unsent">
            <IconButton small icon="more" label={t("app.more")} onClick={(event) => menu.open(event.currentTarget)} />
          </div>
        )}
      </div>
    </article>
  );
}
