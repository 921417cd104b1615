// What happened to a task, in plain words, the latest first; kept by the server.

import "./history.css";
import { useEffect, useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import { reason } from "../../lib/reasons.ts";
import type { TaskView } from "../../models/overlays/tasks.ts";
import type { HistoryEntry } from "../../models/types.ts";
import { Avatar, Refused, Skeleton } from "../common/index.ts";
import { type Names, sentencesOf } from "./changes.ts";
import { gendered } from "./gendered.ts";

export function History({ task }: { task: TaskView }) {
  const words = useWords();
  const { people } = useAccount();
  const { entries, error } = useHistory(task);
  const names = useNames(task.chat_id);
  if (error !== null) {
    return <Refused error={error} text={words.t("card.history_failed", { reason: reason(error, words) })} />;
  }
  if (entries === null) return <Skeleton kind="text" rows={3} />;
  return (
    <ol class="history">
      {entries.toReversed().map((entry) => {
        const name = entry.by === null ? words.t("card.history_by_server") : people.name(entry.by);
        const said = sentencesOf(entry, names).map(({ key, values }) => gendered(words.t(key, values), name));
        if (said.length === 0) return null;
        return (
          <li key={entry.seq} class="history-entry">
            {entry.by !== null && <Avatar user_id={entry.by} size={20} />}
            <p class="history-text">
              <b>{name}</b> {said.join(", ")}
              <time class="history-time" datetime={entry.at}>
                {words.moment(entry.at)}
              </time>
            </p>
          </li>
        );
      })}
    </ol>
  );
}

interface Read {
  entries: HistoryEntry[] | null;
  error: unknown;
}

/** The history, read again with each version of the task. */
export function useHistory(task: TaskView): Read {
  const { tasks, link } = useAccount();
  const [read, setRead] = useState<Read>({ entries: null, error: null });
  const live = link.state.value === "live";
  const { id, version } = task;
  useEffect(() => {
    if (id <= 0) return;
    let left = false;
    tasks.history(id).then(
      (entries) => !left && setRead({ entries, error: null }),
      (error: unknown) => !left && setRead((held) => (held.entries === null ? { entries: null, error } : held)),
    );
    return () => {
      left = true;
    };
  }, [tasks, id, version, live]);
  return id <= 0 ? { entries: [], error: null } : read;
}

/** What is called by name in the sentences of a chat's history. */
export function useNames(chat_id: number): Names {
  const { people, boards } = useAccount();
  const { due } = useWords();
  const { columns } = boards.of(chat_id).value;
  return {
    due,
    person: (id) => people.name(id),
    column: (id) => columns.find(({ column }) => column.id === id)?.column.title ?? null,
  };
}
