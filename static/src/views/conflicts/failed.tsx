// One write that was refused: why, and what can be done with it.

import { useState } from "preact/hooks";
import { useAccount, useWords } from "../../app/context.ts";
import { reason } from "../../app/reasons.ts";
import { ApiError } from "../../lib/errors.ts";
import { wordsOf } from "../../models/outbox.ts";
import type { Item } from "../../models/rows.ts";
import { Button } from "../common/button.tsx";
import { CopyButton } from "../common/copy.tsx";
import { TextArea } from "../common/field.tsx";
import { kindOf, useSubject } from "./subject.ts";

export function Failed({ item }: { item: Item }) {
  const { outbox } = useAccount();
  const words = useWords();
  const { t } = words;
  const subject = useSubject(item);
  const [text, setText] = useState<string | null>(null);
  const written = wordsOf(item);
  const refused = item.error && new ApiError(item.error, null, item.error.request_id);
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
        {reason(refused, words)}
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
        {written !== null && text === null && (
          <Button icon="edit" onClick={() => setText(written)}>
            {t("outbox.edit")}
          </Button>
        )}
        <Button
          kind="main"
          icon="retry"
          disabled={text?.trim() === ""}
          onClick={() => (text === null ? outbox.retry(item.order) : outbox.edit(item.order, text))}
        >
          {t("outbox.retry")}
        </Button>
      </footer>
    </article>
  );
}
