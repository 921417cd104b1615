// The icon of a file: its extension on the colour of its kind.

import "./tile.css";
import { extensionOf } from "./name.ts";
import { fileKind } from "./kinds.ts";
import type { ShownFile } from "./shown.ts";

const LONGEST = 4;

export function FileTile({ file }: { file: Pick<ShownFile, "name" | "mime"> }) {
  const letters = extensionOf(file.name).slice(1);
  return (
    <span class={`file-tile file-tile-${fileKind(file.mime)}`} aria-hidden="true">
      <span class="file-tile-letters">{letters.length <= LONGEST ? letters : ""}</span>
    </span>
  );
}
