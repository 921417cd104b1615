// What goes with a message, above the field it is written in: to look at, rename, order and take out again.

import "./tray.css";
import { useRef, useState } from "preact/hooks";
import type { LocalFile } from "../../../models/local-files.ts";
import type { File } from "../../../models/types.ts";
import { filesOf } from "../../../models/uploads/files.ts";
import { isPicture, photosOf } from "../../../models/uploads/photos.ts";
import { IconButton, SegmentedTabs } from "../../common/index.ts";
import { useAccount, useWords } from "../../hooks/context.ts";
import { TrayItem } from "./item.tsx";
import { useTrayActions } from "./actions.ts";
import { useOrdering } from "./ordering.ts";
import { StoredItem, type StoredFiles } from "./stored.tsx";
import type { TrayState } from "./use-tray.ts";

export interface TrayProps {
  tray: TrayState;
  /** Files that the message has already. */
  stored?: StoredFiles | null;
  /** Where one goes on when the last file is gone. */
  field: { current: HTMLElement | null };
}

export default function Tray({ tray, stored = null, field }: TrayProps) {
  const { t } = useWords();
  const { files, where, large } = tray;
  const list = useRef<HTMLOListElement>(null);
  const [said, say] = useState("");
  const [stop, setStop] = useState<string | null>(null);
  const actions = useTrayActions({ where, field, list, say });
  useOrdering(list, files.length > 1, actions.place);
  const reached = files.some(({ id }) => id === stop) ? stop : files[0]?.id;
  return (
    <section class="tray" aria-label={t("tray.label")}>
      <Head tray={tray} stored={stored?.files ?? []} onShow={actions.showAll} onClear={actions.clear} />
      <ol class="tray-files" ref={list} onFocusIn={(event) => setStop(idOf(event.target))}>
        {stored?.files.map((file) => (
          <StoredItem key={file.id} file={file} onRemove={() => stored.remove(file)} />
        ))}
        {files.map((file, index) => (
          <TrayItem
            key={file.id}
            file={file}
            place={{ index, count: files.length }}
            large={large.has(file.id)}
            stop={file.id === reached}
            actions={actions}
          />
        ))}
      </ol>
      <Archives files={files} onUnpack={actions.unpack} />
      <Notes tray={tray} />
      <p class="for-readers" role="status">
        {said || t("tray.count", { count: files.length + (stored?.files.length ?? 0) })}
      </p>
    </section>
  );
}

interface HeadProps {
  tray: TrayState;
  stored: File[];
  onShow: (as: "photo" | "file") => void;
  onClear: () => void;
}

function Head({ tray, stored, onShow, onClear }: HeadProps) {
  const { t, size } = useWords();
  const photos = photosOf(useAccount());
  const { files } = tray;
  const bytes = [...stored.map((file) => file.size), ...files.map((file) => photos.bytes(file) ?? file.size)];
  const pictures = files.filter(isPicture);
  const as = modeOf(pictures);
  return (
    <div class="tray-head">
      <span class="tray-sum number">
        {t("tray.count", { count: bytes.length })}{" "}
        <span class="tray-bytes">{size(bytes.reduce((all, each) => all + each, 0))}</span>
      </span>
      {as !== null && (
        <SegmentedTabs
          label={t("tray.pictures_as")}
          value={as}
          options={[
            { value: "photo", label: t("tray.as_photos") },
            { value: "file", label: t("tray.as_files") },
          ]}
          onChange={(value) => value !== "mixed" && onShow(value)}
        />
      )}
      {files.length > 0 && (
        <IconButton small class="tray-clear" icon="close" label={t("tray.clear")} onClick={onClear} />
      )}
    </div>
  );
}

/** How all pictures go; null where there is none. */
function modeOf(pictures: LocalFile[]): "photo" | "file" | "mixed" | null {
  const asFiles = pictures.filter(({ shown_as }) => shown_as === "file").length;
  if (pictures.length === 0) return null;
  return asFiles === 0 ? "photo" : asFiles === pictures.length ? "file" : "mixed";
}

/** Whether ZIPs become what is in them. */
function Archives({ files, onUnpack }: { files: LocalFile[]; onUnpack: (id: string, on: boolean) => void }) {
  const { t } = useWords();
  const archives = files.filter(({ unpack }) => unpack !== undefined);
  if (archives.length === 0) return null;
  return (
    <label class="tray-archives">
      <input
        type="checkbox"
        checked={archives.every(({ unpack }) => unpack)}
        onChange={({ currentTarget: { checked } }) => archives.forEach(({ id }) => onUnpack(id, checked))}
      />
      {t("tray.unpack_all", { count: archives.length })}
    </label>
  );
}

/** What one has to know before one sends. */
function Notes({ tray }: { tray: TrayState }) {
  const { t, size } = useWords();
  const account = useAccount();
  const { large, working } = tray;
  const noRoom = filesOf(account).noRoom.value;
  const offline = account.link.state.value === "offline";
  return (
    <div class="tray-notes" role="status">
      {large.size > 0 && <p class="tray-note error">{t("tray.large", { count: large.size, size: size(tray.most) })}</p>}
      {working > 0 && <p class="tray-note">{t("tray.working", { count: working })}</p>}
      {noRoom && <p class="tray-note tray-warning">{t("tray.no_room")}</p>}
      {offline && <p class="tray-note">{t("tray.offline")}</p>}
    </div>
  );
}

function idOf(target: EventTarget | null): string | null {
  return target instanceof Element ? (target.closest<HTMLElement>("[data-id]")?.dataset["id"] ?? null) : null;
}
