// The cover of a card: as high as it will be from the beginning, its colours first.

import "./cover.css";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { inTurn } from "../../lib/idle.ts";
import type { File } from "../../models/types.ts";
import { previewUrl, sourceSet } from "../files/addresses.ts";
import { averageColour, placeholderUrl } from "../files/placeholder.ts";

/** CSS pixels: a column's cards; a phone shows one column. */
const SIZES = "(max-width: 699px) 92vw, 256px";
/** A taller or wider picture is cropped. */
const TALLEST = 1;
const WIDEST = 3;

export function coverRatio({ width, height }: File): number {
  return width && height ? Math.min(WIDEST, Math.max(TALLEST, width / height)) : 16 / 9;
}

export function Cover({ file }: { file: File }) {
  const box = useRef<HTMLDivElement>(null);
  const [tries, setTries] = useState(0);
  const { id, placeholder, width, height } = file;
  useLayoutEffect(() => {
    const element = box.current;
    const colour = averageColour(placeholder);
    if (element === null || colour === null) return undefined;
    element.style.backgroundColor = colour.css;
    // Not while a board of hundreds is made.
    return inTurn(() => {
      const url = placeholderUrl(placeholder);
      if (url !== null && element.dataset["here"] === undefined) element.style.backgroundImage = `url(${url})`;
    });
  }, [placeholder]);
  const here = (): void => {
    if (box.current === null) return;
    box.current.dataset["here"] = "";
    // Behind what is seen through there is nothing.
    box.current.style.background = "";
  };
  return (
    <div ref={box} class="board-cover" style={{ aspectRatio: String(coverRatio(file)) }}>
      <img
        key={tries}
        class="board-cover-picture"
        src={previewUrl(id, 320)}
        srcset={sourceSet(file)}
        sizes={SIZES}
        alt=""
        width={width ?? undefined}
        height={height ?? undefined}
        loading="lazy"
        decoding="async"
        draggable={false}
        onLoad={here}
        // With the connection comes another try.
        onError={() => addEventListener("online", () => setTries(tries + 1), { once: true })}
      />
    </div>
  );
}
