// A message of one's own that the server does not have yet: on its way, or refused and in one's hands.

import "./post.css";
import { useAccount, useWords } from "../../app/context.ts";
import { reason } from "../../app/reasons.ts";
import { ApiError } from "../../lib/errors.ts";
import type { Waiting } from "../../models/pending.ts";
import { Button, IconButton, type MenuAsked, useLayers, useMenuGesture } from "../common/index.ts";
import { Mark } from "./marks.tsx";
import { useProse } from "./prose.ts";
import { Quote } from "./quote.tsx";
import type { ChatState } from "./state.ts";

export function Unsent({ message, state, first }: { message: Waiting; state: ChatState; first: boolean }) {
  const { t, time } = useWords();
  const { text, reply_to, at } = message;
  const shown = useProse(text, state.chat_id);
  const said = t(`status.${message.state}`);
  const menu = useUnsentMenu(message, state);
  return (
    <article
      class={`post post-own post-last post-unsent post-fresh ${first ? "post-first" : ""}`}
      tabIndex={0}
      {...menu.gesture}
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
        {message.state === "waiting" && (
          <div class="post-bar post-bar-unsent">
            <IconButton small icon="more" label={t("app.more")} onClick={(event) => menu.open(event.currentTarget)} />
          </div>
        )}
      </div>
    </article>
  );
}

interface UnsentMenu {
  open: (at: MenuAsked["at"]) => void;
  gesture: ReturnType<typeof useMenuGesture>;
}

/** Until it is on its way it can be changed, and given up. */
function useUnsentMenu(message: Waiting, state: ChatState): UnsentMenu {
  const { outbox } = useAccount();
  const { openMenu, toast } = useLayers();
  const { t } = useWords();
  const { order, text } = message;
  const cancel = (): void => {
    const undo = outbox.cancel(order);
    if (undo !== null) toast({ text: t("chat.cancelled"), undo });
  };
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      toast(t("app.copied"));
    } catch {
      toast({ text: t("app.copy_failed"), kind: "error" });
    }
  };
  const open = (at: MenuAsked["at"]): void => {
    const still = outbox.items.peek().find((item) => item.order === order)?.state;
    if (still === undefined || still === "sending") return;
    openMenu({
      label: t("chat.waiting_message"),
      at,
      items: [
        { label: t("chat.edit"), icon: "edit", run: () => state.change({ order, text }) },
        { label: t("chat.copy_text"), icon: "copy", run: () => void copy() },
        "line",
        { label: t("chat.cancel_sending"), icon: "close", danger: true, run: cancel },
      ],
    });
  };
  return { open, gesture: useMenuGesture(open) };
}

function Problem({ message, state }: { message: Waiting; state: ChatState }) {
  const { outbox } = useAccount();
  const words = useWords();
  const { t } = words;
  const { order, text, error } = message;
  const { toast } = useLayers();
  const discard = (): void => {
    const undo = outbox.cancel(order);
    if (undo !== null) toast({ text: t("chat.deleted"), undo });
  };
  return (
    <div class="post-problem" role="alert">
      <span>{t("chat.not_sent", { reason: error === null ? "" : reason(new ApiError(error), words) })}</span>
      <Button small kind="quiet" icon="retry" onClick={() => outbox.retry(order)}>
        {t("app.retry")}
      </Button>
      <Button small kind="quiet" icon="edit" onClick={() => state.change({ order, text })}>
        {t("chat.edit")}
      </Button>
      <Button small kind="quiet" icon="trash" onClick={discard}>
        {t("app.delete")}
      </Button>
    </div>
  );
}
