// One write that was refused: why, and what can be done with it.

import { useState } from "preact/hooks";
import { refusal } from "../files/refusal.ts";
import { useAccount, useWords } from "../hooks/context.ts";
import { reason } from "../../lib/reasons.ts";
import { ApiError } from "../../lib/errors.ts";
import { wordsOf } from "../../models/words-of.ts";
import { filesOf } from "../../models/uploads/sweep.ts";
import type { Item } from "../../models/rows.ts";
import { fieldsOf } from "../../models/writes.ts";
import { Button } from "../common/button.tsx";
import { CopyButton } from "../common/copy.tsx";
import { TextArea } from "../common/field.tsx";
import { kindOf, useSubject } from "./subject.ts";

export function Failed({ item }: { item: Item }) {
  const { outbox, chats } = useAccount();
  const words = useWords();
  const { t } = words;
  const subject = useSubject(item);
  const [text, setText] = useState<string | null>(null);
  const written = wordsOf(item);
  // Of a chat one is not in any more: it cannot be sent however often it is tried.
  const former = chats.former(item.chat_id);
  const title = former?.title || t("chats.a_chat");
  const copied = writtenIn(item);
  const refused = item.error && new ApiError(item.error, null, item.error.request_id);
  const said = item.error?.file === undefined ? reason(refused, words) : refusal(item.error, filesOf(item), words);
  return (
    <article class="conflict">
      <header class="conflict-head">
        <span class="conflict-kind">{t(kindOf(item))}</span>
        {text === null && <span class="conflict-subject">{subject}</span>}
      </header>
      {text !== null && (
        <TextArea
          label={t("outbox.text")}
          value={text}
          autofocus
          onInput={(event) => setText(event.currentTarget.value)}
        />
      )}
      <p class="conflict-reason">
        {former === null ? said : t(former.deleted ? "outbox.chat_deleted" : "outbox.removed", { title })}
        {refused?.requestId && (
          <CopyButton kind="quiet" small text={refused.requestId}>
            {t("error.request", { id: refused.requestId.slice(0, 8) })}
          </CopyButton>
        )}
      </p>
      <footer class="conflict-foot">
        <Button kind="danger" icon="trash" onClick={() => outbox.discard(item.order)}>
          {t("outbox.discard")}
        </Button>
        {former !== null && copied !== "" && <CopyButton text={copied}>{t("outbox.copy_text")}</CopyButton>}
        {former === null && written !== null && text === null && (
          <Button icon="edit" onClick={() => setText(written)}>
            {t("outbox.edit")}
          </Button>
        )}
        {former === null && (
          <Button
            kind="main"
            icon="retry"
            disabled={text?.trim() === ""}
            onClick={() => (text === null ? outbox.retry(item.order) : outbox.edit(item.order, text))}
          >
            {t("outbox.retry")}
          </Button>
        )}
      </footer>
    </article>
  );
}

/** The words somebody wrote: a text, or a title and a description. */
function writtenIn(item: Item): string {
  const fields = fieldsOf(item);
  const changes = { ...fields, ...(fields["changes"] as typeof fields | undefined) };
  const parts = [changes["text"], changes["title"], changes["description"]];
  return parts.filter((part) => typeof part === "string" && part !== "").join("\n\n");
}
