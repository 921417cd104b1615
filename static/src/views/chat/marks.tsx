// How far a message of one's own has come: ○ waiting, ✓ stored, ✓✓ read. Drawn small, named for readers.

import "./marks.css";
import { useComputed } from "@preact/signals";
import { useAccount, useWords } from "../hooks/context.ts";
import type { Key } from "../../lib/locale.ts";
import type { ItemState } from "../../models/rows.ts";

type Status = ItemState | "stored" | "received" | "read";

const DRAWN: Record<Status, string> = {
  waiting: "M12.5 6a4 4 0 1 1-8 0 4 4 0 0 1 8 0z",
  sending: "M12.5 6a4 4 0 1 1-8 0 4 4 0 0 1 8 0z",
  failed: "M8.5 1.5v5.5M8.5 10v.01",
  conflict: "M8.5 1.5v5.5M8.5 10v.01",
  stored: "M4.5 6.5l2.8 2.8 5.2-6",
  received: "M4.5 6.5l2.8 2.8 5.2-6",
  read: "M1.5 6.5l2.8 2.8 5.2-6M8 8.8l.5.5 5.2-6",
};

export function Mark({ status }: { status: Status }) {
  const { t } = useWords();
  return (
    <svg class={`mark mark-${status}`} viewBox="0 0 16 12" role="img" aria-label={t(`status.${status}` as Key)}>
      <path d={DRAWN[status]} />
    </svg>
  );
}

/** Of a stored message; shown anew only when it has come further. */
export function MessageMark({ chat_id, seq }: { chat_id: number; seq: number }) {
  const { chats } = useAccount();
  const status = useComputed(() => chats.status({ chat_id, seq }));
  return <Mark status={status.value} />;
}
