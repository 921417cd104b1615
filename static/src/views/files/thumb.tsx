// A small square for a file: what is seen in it where that can be shown, else its icon.

import "./thumb.css";
import { useState } from "preact/hooks";
import { previewUrl } from "./addresses.ts";
import { averageColour } from "./placeholder.ts";
import type { ShownFile } from "./shown.ts";
import { FileTile } from "./tile.tsx";

export interface ThumbProps {
  file: ShownFile;
  /** CSS pixels. */
  size?: 24 | 32 | 48 | 56 | 72;
}

/** It has no name: what it stands beside says which file it is. */
export function Thumb({ file, size = 48 }: ThumbProps) {
  const [failed, setFailed] = useState(false);
  const source = failed ? null : smallOf(file);
  return (
    <span class={`thumb thumb-${size}`} aria-hidden="true">
      {source === null ? (
        <FileTile file={file} />
      ) : (
        <img
          class="thumb-picture"
          src={source}
          alt=""
          width={size}
          height={size}
          loading="lazy"
          decoding="async"
          draggable={false}
          style={{ backgroundColor: averageColour(file.placeholder)?.css }}
          onError={() => setFailed(true)}
        />
      )}
    </span>
  );
}

function smallOf({ id, mime, preview, url }: ShownFile): string | null {
  if (url) return mime.startsWith("image/") ? url : null;
  return preview === true ? previewUrl(id, 320) : null;
}
