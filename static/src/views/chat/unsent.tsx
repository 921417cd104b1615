// A message of one's own that the server does not have yet: on its way, or refused and in one's hands.

import "./post.css";
import { useMemo } from "preact/hooks";
import { wordsOfFiles } from "../files/words.ts";
import { hasPictures, isPicture } from "../files/shown.ts";
import { useWords } from "../hooks/context.ts";
import type { Waiting } from "../../models/overlays/messages.ts";
import { IconButton } from "../common/index.ts";
import { Files } from "./files.tsx";
import { ForwardedWords } from "./forwarded.tsx";
import { useLocal } from "./local-files.ts";
import { Mark } from "./marks.tsx";
import { useProse } from "./prose.ts";
import { Quote } from "./quote.tsx";
import type { ChatState } from "./state.ts";
import { Problem, useUnsentMenu } from "./unsent-menu.tsx";

export function Unsent({ message, state, first }: { message: Waiting; state: ChatState; first: boolean }) {
  const words = useWords();
  const { t, time } = words;
  const { order, text, reply_to, at } = message;
  const edit = (): void => state.change({ order, text });
  const shown = useProse(text, state.chat_id);
  const local = useLocal(message.files);
  const files = useMemo(() => [...local, ...message.copied], [local, message.copied]);
  const pictured = hasPictures(files);
  const wordless = files.length > 0 && text === "";
  const bare = wordless && files.every(isPicture);
  const said = t(`status.${message.state}`);
  const menu = useUnsentMenu(message, edit);
  return (
    <article
      class={`post post-own post-last post-unsent post-fresh ${first ? "post-first" : ""} ${pictured ? "post-pictured" : ""} ${bare ? "post-bare" : wordless ? "post-rows" : ""}`}
      tabIndex={0}
      {...menu.gesture}
      aria-label={[t("chat.message_of", { name: t("chat.you"), at: time(at) }), wordsOfFiles(files, words), said].filter(Boolean).join(", ")}
    >
      <div class="post-bubble">
        {message.forwarded_from !== null && <ForwardedWords from={message.forwarded_from} />}
        {reply_to !== null && <Quote chat_id={state.chat_id} seq={reply_to} />}
        {files.length > 0 && <Files files={files} where={{}} {...(local.length > 0 && { order })} />}
        {text !== "" && <div class="post-text prose">{shown}</div>}
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
