// Whose photo it is, which of how many, and what can be done with it.

import { Avatar } from "../common/avatar.tsx";
import { Button, IconButton } from "../common/button.tsx";
import { MenuButton } from "../common/menu.tsx";
import type { MenuItem } from "../common/layers.ts";
import { useAccount, useWords } from "../hooks/context.ts";
import { useBreakpoint } from "../hooks/breakpoint.ts";
import { isPhoto } from "../files/shown.ts";
import { saveShown, useCopy } from "./keys.ts";
import type { ViewerState } from "./state.ts";

export function Bar({ state, onClose }: { state: ViewerState; onClose: () => void }) {
  const { t } = useWords();
  const phone = useBreakpoint() === "phone";
  return (
    <header class="viewer-bar">
      {phone && <IconButton icon="back" label={t("app.close")} onClick={onClose} />}
      <Whose state={state} />
      <Actions state={state} phone={phone} />
      {!phone && <IconButton icon="close" label={t("app.close")} keys="escape" onClick={onClose} />}
    </header>
  );
}

function Whose({ state }: { state: ViewerState }) {
  const { people, user_id } = useAccount();
  const { moment, t } = useWords();
  const item = state.shown;
  const message = state.message.value;
  const onCard = item !== null && item.task_id !== null;
  const sender = message?.sender_id ?? (item?.seq === null ? user_id : onCard ? (item.file.uploader_id ?? null) : null);
  const at = message?.created_at ?? item?.attached_at ?? null;
  const counted = useCounted(state);
  return (
    <div class="viewer-whose">
      {sender !== null && <Avatar user_id={sender} size={32} />}
      <div class="viewer-words">
        <span class="viewer-name" dir="auto">
          {sender === null ? item?.file.name : people.name(sender)}
        </span>
        <span class="viewer-about">
          {at !== null && <time dateTime={at}>{moment(at)}</time>}
          {message === null && item?.seq === null && t("viewer.waits")}
          {counted !== null && <span>{t("viewer.count", counted)}</span>}
        </span>
      </div>
      <p class="for-readers" role="status">
        <Said state={state} />
      </p>
    </div>
  );
}

/** Which of its message's it is, where it is one of several. */
function useCounted(state: ViewerState): { index: number; of: number } | null {
  const item = state.shown;
  if (item === null) return null;
  const counted = state.strip.numberOf(item);
  return counted.of > 1 ? counted : null;
}

/** For readers, whenever another is shown. */
function Said({ state }: { state: ViewerState }) {
  const { people } = useAccount();
  const { t, moment } = useWords();
  const item = state.shown;
  const message = state.message.value;
  const counted = useCounted(state);
  if (item === null) return null;
  if (item.gone !== undefined) return <>{t(item.gone === "left" ? "viewer.left" : "viewer.deleted")}</>;
  const film = item.file.mime.startsWith("video/");
  const { name } = item.file;
  const which =
    counted === null
      ? t(film ? "files.video" : isPhoto(item.file) ? "files.photo" : "viewer.file", { name })
      : t(film ? "files.video_of" : "files.photo_of", { name, ...counted });
  const whose = message === null ? [] : [people.name(message.sender_id), moment(message.created_at), message.text];
  return <>{[which, ...whose].filter((each) => each !== "").join(". ")}</>;
}

function Actions({ state, phone }: { state: ViewerState; phone: boolean }) {
  const { t } = useWords();
  const copy = useCopy(state);
  const item = state.shown;
  const there = item !== null && item.gone === undefined;
  const photo = there && isPhoto(item.file);
  const turn = { label: t("viewer.turn"), icon: "retry", keys: "r", run: () => state.stage?.turn() } as const;
  const copies = { label: t("viewer.copy"), icon: "copy", keys: "c", run: copy } as const;
  const leads = item?.task_id == null
    ? ({ label: t("viewer.message"), icon: "chat", keys: "g", run: () => state.leave() } as const)
    : ({ label: t("chat.open_task"), icon: "task", keys: "g", run: () => state.leave() } as const);
  const saves = { label: t("files.save"), icon: "download", keys: "s", run: () => saveShown(state) } as const;
  const leadsOn = item !== null && item.seq !== null && item.gone !== "left";
  if (phone) {
    const items = (): MenuItem[] => [leadsOn && leads, there && saves, photo && copies, photo && turn];
    return <MenuButton icon="more" label={t("viewer.more")} items={items} />;
  }
  const shown = [leadsOn && leads, photo && turn, photo && copies, there && saves];
  return (
    <div class="viewer-actions">
      {photo && <Zoom state={state} />}
      {shown.map(
        (each) => each && <IconButton key={each.keys} icon={each.icon} label={each.label} keys={each.keys} onClick={each.run} />,
      )}
    </div>
  );
}

function Zoom({ state }: { state: ViewerState }) {
  const { t } = useWords();
  const times = state.zoomed.value;
  return (
    <>
      <IconButton icon="minus" label={t("viewer.farther")} keys="-" disabled={times <= 1} onClick={() => state.stage?.zoomOut()} />
      <Button kind="quiet" class="viewer-times" disabled={times === 1} aria-label={t("viewer.fit")} onClick={() => state.stage?.zoomOff()}>
        {Math.round(times * 100)}%
      </Button>
      <IconButton icon="plus" label={t("viewer.nearer")} keys="+" onClick={() => state.stage?.zoomIn()} />
    </>
  );
}
