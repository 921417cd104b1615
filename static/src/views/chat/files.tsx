// The files of a message: an album, what is heard, and rows.

import "./files.css";
import { useMemo, useState } from "preact/hooks";
import { Icon } from "../common/index.ts";
import { lazy } from "../common/lazy.tsx";
import { arranged, FileRow, isSound, isViewed, Sound, type ShownFile, viewedOf } from "../files/index.ts";
import { useAside } from "../files/aside.ts";
import { useWords } from "../hooks/context.ts";
import { openViewer, type Where } from "../viewer/open.ts";
import { Album } from "./album.tsx";
import type { AllFilesProps } from "./all-files.tsx";
import { LeaveOut, SendingAbout, SendingRing } from "./sending.tsx";

const AllFiles = lazy<AllFilesProps>(() => import("./all-files.tsx"));

/** More rows than these are behind a button. */
const MOST_ROWS = 6;
const ROWS_OF_MANY = 4;

export interface FilesProps {
  files: readonly ShownFile[];
  where: Where;
  /** The place in the outbox of a message that waits. */
  order?: number;
}

export function Files({ files, where, order }: FilesProps) {
  const { t } = useWords();
  const [all, setAll] = useState(false);
  const { pictures, sounds, rows } = useMemo(() => arranged(files), [files]);
  const folders = useMemo(() => new Set(files.map(({ folder }) => folder ?? "")).size > 1, [files]);
  const open = (file: ShownFile): void => view(files, file, where);
  const listed = rows.length > MOST_ROWS ? rows.slice(0, ROWS_OF_MANY) : rows;
  const waiting = order !== undefined;
  const off = useAside();
  const aside = "tabIndex" in off;
  return (
    <div class="files">
      {pictures.length > 0 && (
        <Album
          pictures={pictures}
          onOpen={open}
          onAll={() => setAll(true)}
          over={waiting ? (file) => <SendingRing {...{ order, file }} /> : undefined}
        />
      )}
      {[...sounds, ...listed].map((file) => (
        <Row key={file.id} {...{ file, where, order, aside }} onOpen={() => open(file)} />
      ))}
      {(folders || listed.length < rows.length) && (
        <button type="button" class="files-all" {...off} onClick={() => setAll(true)}>
          <Icon name={folders ? "folder" : "list"} />
          {t(folders ? "files.by_folder" : "files.all", { count: files.length })}
        </button>
      )}
      {all && (
        // A message's menu is not for what lies over it.
        <div onContextMenu={stop} onPointerDown={stop}>
          <AllFiles files={files} onOpen={open} onClose={() => setAll(false)} />
        </div>
      )}
    </div>
  );
}

interface RowProps extends Pick<FilesProps, "where"> {
  file: ShownFile;
  order: number | undefined;
  aside: boolean;
  onOpen: () => void;
}

function Row({ file, where, order, aside, onOpen }: RowProps) {
  const leaveOut = order !== undefined && <LeaveOut {...{ order, file }} />;
  // A voice message can be heard while it waits; of music one wants to know how far it is.
  if (isSound(file) && (!leaveOut || file.shown_as === "voice")) {
    return (
      <div class="files-sound">
        <Sound file={file} spot={where} aside={aside} />
        {leaveOut}
      </div>
    );
  }
  if (leaveOut) return <FileRow file={file} aside={aside} about={<SendingAbout file={file} />} action={leaveOut} />;
  return <FileRow file={file} aside={aside} onOpen={isViewed(file) ? onOpen : undefined} />;
}

function stop(event: Event): void {
  event.stopPropagation();
}

function view(files: readonly ShownFile[], file: ShownFile, where: Where): void {
  const viewed = viewedOf(files);
  openViewer(viewed, viewed.indexOf(file), where);
}
