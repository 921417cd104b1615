// All files of a message that has many: by the folders they came in.

import "./all-files.css";
import { useMemo, useState } from "preact/hooks";
import { Dialog, Icon } from "../common/index.ts";
import { arranged, FileRow, isViewed, type ShownFile, Thumb } from "../files/index.ts";
import { type Folder, treeOf } from "../files/folders.ts";
import { useWords } from "../hooks/context.ts";

export interface AllFilesProps {
  files: readonly ShownFile[];
  onOpen: (file: ShownFile) => void;
  onClose: () => void;
}

type Acts = Pick<AllFilesProps, "onOpen">;

export default function AllFiles({ files, onClose, ...acts }: AllFilesProps) {
  const { t, size } = useWords();
  const root = useMemo(() => treeOf(files), [files]);
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const title = `${t("files.files", { count: files.length })}, ${size(bytes)}`;
  return (
    <Dialog title={title} size="large" full class="all-files" onClose={onClose}>
      {root.name !== "" && <p class="all-files-root">{root.name}</p>}
      <Inside folder={root} {...acts} />
    </Dialog>
  );
}

function Inside({ folder, ...acts }: { folder: Folder } & Acts) {
  const { pictures, sounds, rows } = arranged(folder.files);
  return (
    <>
      {folder.folders.map((each) => (
        <FolderOf key={each.path} folder={each} {...acts} />
      ))}
      {pictures.length > 0 && (
        <ul class="all-files-pictures">
          {pictures.map((file) => (
            <li key={file.id}>
              <button type="button" class="all-files-picture" title={file.name} aria-label={file.name} onClick={() => acts.onOpen(file)}>
                <Thumb file={file} size={72} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {[...sounds, ...rows].map((file) => (
        <FileRow key={file.id} file={file} onOpen={isViewed(file) ? () => acts.onOpen(file) : undefined} />
      ))}
    </>
  );
}

function FolderOf({ folder, ...acts }: { folder: Folder } & Acts) {
  const { t } = useWords();
  // What is in it is made when it is first opened: there may be thousands.
  const [opened, setOpened] = useState(false);
  return (
    <details class="all-files-folder" onToggle={(event) => event.currentTarget.open && setOpened(true)}>
      <summary class="all-files-name">
        <Icon name="folder" />
        <bdi>{folder.name}</bdi>
        <span class="all-files-count">{t("files.files", { count: folder.count })}</span>
      </summary>
      <div class="all-files-inside">{opened && <Inside folder={folder} {...acts} />}</div>
    </details>
  );
}
