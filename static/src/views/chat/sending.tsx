// How far a file of a message that waits has come, and a way to leave it out.

import "./sending.css";
import { IconButton, useLayers } from "../common/index.ts";
import type { ShownFile } from "../files/index.ts";
import { filesOf, type Progress } from "../../models/uploads/files.ts";
import { useAccount, useWords } from "../hooks/context.ts";

export interface SendingProps {
  /** The message's place in the outbox. */
  order: number;
  file: ShownFile;
}

/** Over a picture. */
export function SendingRing({ order, file }: SendingProps) {
  const progress = filesOf(useAccount()).progress(file.id).value;
  return (
    <span class="sending-ring" style={{ "--share": String(shareOf(progress)) }}>
      <LeaveOut order={order} file={file} />
    </span>
  );
}

/** Below the name of a row. */
export function SendingAbout({ file }: { file: ShownFile }) {
  const { t, size } = useWords();
  const progress = filesOf(useAccount()).progress(file.id).value;
  if (progress?.unpacking) return <>{t("files.unpacking")}</>;
  if (!progress?.sent) return <>{size(file.size)}</>;
  const { sent, total } = progress;
  return (
    <>
      {t("files.sent_of", { sent: size(sent), total: size(total) })}
      <progress class="sending-bar" max={1} value={shareOf(progress)} aria-label={t("files.sending", { name: file.name })} />
    </>
  );
}

export function LeaveOut({ order, file }: SendingProps) {
  const { t } = useWords();
  const account = useAccount();
  const { toast } = useLayers();
  const leaveOut = (): void => {
    const { outbox } = account;
    const item = outbox.items.peek().find((each) => each.order === order);
    // With its only file goes its message: a caption alone was not meant to be sent.
    const whole = item?.kind === "message.send" && item.fields.files?.length === 1;
    if (!whole) return filesOf(account).remove(order, file.id);
    const undo = outbox.cancel(order);
    if (undo !== null) toast({ text: t("chat.cancelled"), undo });
  };
  return (
    <IconButton
      small
      icon="close"
      class="sending-leave"
      label={t("files.leave_out", { name: file.name })}
      onClick={leaveOut}
    />
  );
}

function shareOf(progress: Progress | null): number {
  return progress === null || progress.total === 0 ? 0 : Math.min(1, progress.sent / progress.total);
}
