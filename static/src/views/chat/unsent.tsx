// A message of one's own that the server does not have yet: on its way, or refused and in one's hands.

import "./post.css";
import { useAccount, useWords } from "../../app/context.ts";
import { reason } from "../../app/reasons.ts";
import { ApiError } from "../../lib/errors.ts";
import type { Waiting } from "../../models/pending.ts";
import { Button } from "../common/index.ts";
import { Mark } from "./marks.tsx";
import { useProse } from "./prose.ts";
import { Quote } from "./quote.tsx";
import type { ChatState } from "./state.ts";

export function Unsent({ message, state, first }: { message: Waiting; state: ChatState; first: boolean }) {
  const { t, time } = useWords();
  const { text, reply_to, at } = message;
  const shown = useProse(text, state.chat_id);
  const said = t(`status.${message.state}`);
  return (
    <article
      class={`post post-own post-last post-unsent post-fresh ${first ? "post-first" : ""}`}
      aria-label={`${t("chat.message_of", { name: t("chat.you"), at: time(at) })}, ${said}`}
    >
      <div class="post-bubble">
        {reply_to !== null && <Quote chat_id={state.chat_id} seq={reply_to} />}
        <div class="post-text prose">{shown}</div>
        <span class="post-foot">
          <time class="post-time" dateTime={new Date(at).toISOString()}>
            {time(at)}
          </time>
          <Mark status={message.state} />
        </span>
        {message.state === "failed" && <Problem message={message} state={state} />}
      </div>
    </article>
  );
}

function Problem({ message, state }: { message: Waiting; state: ChatState }) {
  const { outbox } = useAccount();
  const words = useWords();
  const { t } = words;
  const { order, text, error } = message;
  return (
    <div class="post-problem" role="alert">
      <span>{t("chat.not_sent", { reason: error === null ? "" : reason(new ApiError(error), words) })}</span>
      <Button small kind="quiet" icon="retry" onClick={() => outbox.retry(order)}>
        {t("app.retry")}
      </Button>
      <Button small kind="quiet" icon="edit" onClick={() => state.change({ order, text })}>
        {t("chat.edit")}
      </Button>
      <Button small kind="quiet" icon="trash" onClick={() => outbox.discard(order)}>
        {t("app.delete")}
      </Button>
    </div>
  );
}
