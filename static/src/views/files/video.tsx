// A video alone in its message: played where it stands, by the browser's own means.

import "./video.css";
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { useNear } from "../hooks/near.ts";
import { useWords } from "../hooks/context.ts";
import { fileUrl, previewUrl } from "./addresses.ts";
import { useAside } from "./aside.ts";
import { FileRow } from "./row.tsx";
import type { ShownFile } from "./shown.ts";

/** Where nothing says its shape. */
const USUAL = 16 / 9;
const NARROWEST = 0.6;
const WIDEST = 2.4;

export function Video({ file, over }: { file: ShownFile; over?: ComponentChildren }) {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const near = useNear(box);
  const off = useAside();
  const [failed, setFailed] = useState(false);
  const { width, height, preview, id, url } = file;
  const address = url === undefined ? fileUrl(id) : (url ?? undefined);
  const ratio = width && height ? Math.min(WIDEST, Math.max(NARROWEST, width / height)) : USUAL;
  return (
    <div ref={box} class="video" style={{ aspectRatio: String(ratio) }}>
      {failed ? (
        // What this browser has no means for can be saved.
        <FileRow file={file} {...(over === undefined && { about: t("files.not_played") })} />
      ) : (
        <video
          class="video-screen"
          controls
          playsInline
          {...off}
          data-file={id}
          aria-label={t("files.video", { name: file.name })}
          preload={near ? "metadata" : "none"}
          poster={preview === true ? previewUrl(id, 1600) : undefined}
          src={near ? address : undefined}
          onError={() => setFailed(true)}
        />
      )}
      {over}
    </div>
  );
}
