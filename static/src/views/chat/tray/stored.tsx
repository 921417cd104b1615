// A file that the message being changed has already: it can be taken out.

import type { File } from "../../../models/types.ts";
import { IconButton } from "../../common/index.ts";
import { previewUrl } from "../../files/addresses.ts";
import { FileName } from "../../files/file-name.tsx";
import { averageColour } from "../../files/placeholder.ts";
import { FileTile } from "../../files/tile.tsx";
import { useWords } from "../../hooks/context.ts";

export interface StoredFiles {
  files: File[];
  /** Whether some were taken out. */
  changed: boolean;
  remove: (file: File) => void;
}

export function StoredItem({ file, onRemove }: { file: File; onRemove: () => void }) {
  const { t, size } = useWords();
  const { id, name, preview, placeholder } = file;
  return (
    <li class="tray-item tray-stored">
      <span class="tray-tile" aria-hidden="true">
        <span class="tray-look">
          {preview ? (
            <img
              class="tray-picture"
              src={previewUrl(id, 320)}
              alt=""
              draggable={false}
              style={{ backgroundColor: averageColour(placeholder)?.css ?? undefined }}
            />
          ) : (
            <span class="tray-icon">
              <FileTile file={file} />
            </span>
          )}
        </span>
      </span>
      <span class="tray-words">
        <FileName name={name} />
        <span class="tray-about number">{size(file.size)}</span>
      </span>
      <IconButton small class="tray-remove" icon="close" label={t("tray.remove_named", { name })} onClick={onRemove} />
    </li>
  );
}
