// The photos and videos of a message, in rows that fill its width.

import "./album.css";
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { type ShownFile } from "../files/index.ts";
import { justified } from "../files/justified.ts";
import { Picture, type PictureProps } from "../files/picture.tsx";
import { Video } from "../files/video.tsx";
import { wordsOfFiles } from "../files/words.ts";
import { useWords } from "../hooks/context.ts";

/** More of them are behind the last. */
const MOST = 10;
/** CSS pixels; a phone has less. */
const WIDTH = 480;
const HEIGHT = 400;
/** A smaller picture has room around it. */
const LEAST = 120;
/** The share of a phone's width that an album has. */
const OF_SCREEN = 0.82;

export interface AlbumProps {
  pictures: readonly ShownFile[];
  /** Absent while they wait. */
  onOpen?: ((file: ShownFile) => void) | undefined;
  /** What lies on each. */
  over?: ((file: ShownFile) => ComponentChildren) | undefined;
  /** To all of the message, where not all are shown. */
  onAll: () => void;
}

export function Album(props: AlbumProps) {
  const { pictures, onOpen, over } = props;
  const label = useLabel(pictures);
  const [first] = pictures;
  if (pictures.length === 1 && first !== undefined) {
    if (first.mime.startsWith("video/")) return <Video file={first} over={over?.(first)} />;
    return <Single file={first} label={label(0)} onOpen={onOpen && (() => onOpen(first))} over={over?.(first)} />;
  }
  return <Rows {...props} label={label} />;
}

function Rows({ pictures, label, onOpen, over, onAll }: AlbumProps & { label: (index: number) => string }) {
  const words = useWords();
  const rows = useMemo(() => justified(pictures.slice(0, MOST).map(ratioOf)), [pictures]);
  return (
    <div class="album" role="group" aria-label={wordsOfFiles(pictures, words)}>
      {rows.map((cells) => {
        const whole = cells.reduce((sum, { ratio }) => sum + ratio, 0);
        return (
          <div key={cells[0]?.index} class="album-row">
            {cells.map(({ index, ratio }) => {
              const file = pictures[index];
              if (file === undefined) return null;
              const more = index === MOST - 1 ? pictures.length - MOST : 0;
              return (
                <Picture
                  key={file.id}
                  file={file}
                  ratio={ratio}
                  sizes={sizesOf(ratio / whole)}
                  label={label(index)}
                  more={more}
                  over={over?.(file)}
                  onOpen={more > 0 ? onAll : onOpen && (() => onOpen(file))}
                />
              );
            })}
          </div>
        );
      })}
    </div>
  );
}

/** A photo alone: its own shape as far as that is a shape, and no larger than it is. */
function Single({ file, ...rest }: Pick<PictureProps, "file" | "label" | "onOpen" | "over">) {
  const ratio = Math.min(3, Math.max(0.56, ratioOf(file)));
  const width = Math.min(WIDTH, HEIGHT * ratio, Math.max(LEAST, file.width ?? WIDTH, (file.height ?? 0) * ratio));
  return (
    <div class="album album-single" style={{ width: `${Math.round(width)}px` }}>
      <Picture {...{ file, ratio, ...rest }} sizes={sizesOf(width / WIDTH)} />
    </div>
  );
}

function useLabel(pictures: readonly ShownFile[]): (index: number) => string {
  const { t } = useWords();
  const count = pictures.length;
  return (index) => {
    const { name = "", mime = "" } = pictures[index] ?? {};
    const film = mime.startsWith("video/");
    if (count === 1) return t(film ? "files.video" : "files.photo", { name });
    // Not `count`: no number of things is said by it.
    return t(film ? "files.video_of" : "files.photo_of", { name, index: index + 1, of: count });
  };
}

function sizesOf(share: number): string {
  return `min(${Math.ceil(WIDTH * share)}px, ${Math.ceil(100 * OF_SCREEN * share)}vw)`;
}

function ratioOf({ width, height }: ShownFile): number {
  return width && height ? width / height : 16 / 9;
}
