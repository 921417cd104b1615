// A file as a row: what it is, its name with its end in sight, its size, and a way to save it.

import "./row.css";
import type { ComponentChildren } from "preact";
import { Icon, tip } from "../common/index.ts";
import { useWords } from "../hooks/context.ts";
import { fileUrl } from "./addresses.ts";
import { FileName } from "./file-name.tsx";
import type { ShownFile } from "./shown.ts";
import { Thumb } from "./thumb.tsx";

export interface FileRowProps {
  file: ShownFile;
  /** What a click does; without it the file is saved. */
  onOpen?: (() => void) | undefined;
  /** Instead of the size. */
  about?: ComponentChildren;
  /** Instead of the button that saves. */
  action?: ComponentChildren;
  /** What the Tab key passes by: the arrow keys lead here. */
  aside?: boolean;
}

export function FileRow({ file, onOpen, about, action, aside = false }: FileRowProps) {
  const { t, size } = useWords();
  const off = aside ? { tabIndex: -1 } : {};
  const inside = (
    <>
      <Thumb file={file} />
      <span class="file-row-words">
        <FileName name={file.name} />
        <span class="file-row-about">{about ?? size(file.size)}</span>
      </span>
    </>
  );
  return (
    <div class="file-row" data-file={file.id}>
      {onOpen === undefined ? (
        <a class="file-row-main" {...off} {...saving(file)}>
          {inside}
        </a>
      ) : (
        <button type="button" class="file-row-main" {...off} onClick={onOpen}>
          {inside}
        </button>
      )}
      {action ??
        (onOpen !== undefined && (
          <a
            class="icon-button file-row-save"
            {...off}
            {...saving(file)}
            {...tip(t("files.save"))}
            aria-label={t("files.save_named", { name: file.name })}
          >
            <Icon name="download" />
          </a>
        ))}
    </div>
  );
}

/** A link that saves a file under its name. */
export function saving({ id, name, url }: ShownFile): { href: string; download: string } {
  return { href: url ?? fileUrl(id), download: name };
}
