// Done cards beyond those that came with the board: asked for, a page at a time.

import { useState } from "preact/hooks";
import type { Account } from "../../models/account.ts";
import type { TaskView } from "../../models/overlays/tasks.ts";
import { DONE_AT_ONCE } from "../../models/snapshots.ts";
import type { Task } from "../../models/types.ts";
import { Button, Refused } from "../common/index.ts";
import { useAccount, useWords } from "../hooks/context.ts";
import { doneHere, isFull, type MoreDone, NOTHING_ASKED, older } from "./done.ts";

export interface More {
  /** Whether a column may have done cards that are not here. */
  more: boolean;
  busy: boolean;
  error: unknown;
  show: () => void;
}

export function useMoreDone(column_id: number, tasks: TaskView[]): More {
  const account = useAccount();
  const [asked, setAsked] = useState<MoreDone>(NOTHING_ASKED);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const show = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      setAsked(await take(account, column_id, tasks, asked));
    } catch (failed) {
      setError(failed);
    }
    setBusy(false);
  };
  return { more: !asked.over && isFull(tasks), busy, error, show: () => void show() };
}

export function ShowMoreDone({ more, busy, error, show }: More) {
  const { t } = useWords();
  if (!more) return null;
  return (
    <div class="column-more">
      {error !== null && <Refused error={error} />}
      <Button kind="quiet" small busy={busy} onClick={show}>
        {t("board.more_done")}
      </Button>
    </div>
  );
}

/** Keep the next page of a column's done cards, among which is one that is not here yet. */
async function take(account: Account, column_id: number, tasks: TaskView[], asked: MoreDone): Promise<MoreDone> {
  const ask = (next: string | null): Promise<{ data: Task[]; next: unknown }> =>
    account.http.page<Task>(`/columns/${column_id}/tasks`, { limit: DONE_AT_ONCE, ...(next !== null && { next }) });
  const { tasks: found, next, over } = await older(ask, doneHere(tasks), asked);
  await account.replica.keep({ tasks: found });
  return { next, over };
}
