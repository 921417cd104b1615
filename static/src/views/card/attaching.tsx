// A file of this device on its way to a task: how far it is, and what can be done about it.

import { useEffect } from "preact/hooks";
import { ApiError } from "../../lib/errors.ts";
import { reason } from "../../lib/reasons.ts";
import type { LocalFile } from "../../models/local-files.ts";
import type { Attaching as Item } from "../../models/overlays/tasks.ts";
import { filesOf } from "../../models/uploads/files.ts";
import { IconButton } from "../common/index.ts";
import { FileRow } from "../files/index.ts";
import { useAccount, useWords } from "../hooks/context.ts";

export function Attaching({ item, file }: { item: Item; file: LocalFile }) {
  const account = useAccount();
  const { t } = useWords();
  const files = filesOf(account);
  useEffect(() => files.urls.hold(file.id), [files, file.id]);
  const url = files.urls.of(file.id).value;
  const { order, state } = item;
  const { name } = file;
  return (
    <li class="attachments-waiting">
      <FileRow
        file={{ ...file, url }}
        about={<State item={item} file={file} />}
        action={
          <>
            {state === "failed" && (
              <IconButton icon="retry" label={t("card.file_retry", { name })} onClick={() => account.outbox.retry(order)} />
            )}
            {state !== "sending" && (
              <IconButton icon="close" label={t("card.file_cancel", { name })} onClick={() => files.remove(order, file.id)} />
            )}
          </>
        }
      />
    </li>
  );
}

function State({ item: { state, error }, file }: { item: Item; file: LocalFile }) {
  const account = useAccount();
  const words = useWords();
  const { t, size } = words;
  const progress = filesOf(account).progress(file.id).value;
  if (state === "failed") {
    const said = error === null ? "" : reason(new ApiError(error), words);
    return <span class="attachments-failed" role="alert">{t("card.file_failed", { reason: said })}</span>;
  }
  const live = account.link.state.value === "live";
  if (progress === null || !live) return <>{t(live ? "card.waiting" : "card.file_waits")}</>;
  const { sent, total } = progress;
  const said = t("card.file_progress", { sent: size(sent), total: size(total) });
  return (
    <>
      {said}
      <progress class="attachments-progress" value={sent} max={total} aria-label={said} />
    </>
  );
}
