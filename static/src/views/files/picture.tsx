// A photo or a video in its place: as large as it will be from the beginning, its colours first.

import "./picture.css";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { inTurn } from "../../lib/idle.ts";
import { Icon } from "../common/index.ts";
import { useNear } from "../hooks/near.ts";
import { onReconnected } from "../hooks/connected.ts";
import { useAccount, useWords } from "../hooks/context.ts";
import { fileUrl, previewUrl, sourceSet } from "./addresses.ts";
import { useAside } from "./aside.ts";
import { FileName } from "./file-name.tsx";
import { LocalImage } from "./local-image.tsx";
import { averageColour, placeholderUrl } from "./placeholder.ts";
import type { ShownFile } from "./shown.ts";

export interface PictureProps {
  file: ShownFile;
  /** Width by height of its place. */
  ratio: number;
  /** How wide it will be, for the browser to choose from what there is: `sizes` of HTML. */
  sizes: string;
  /** "Photo 2 of 5", with its name. */
  label: string;
  /** Absent while it waits. */
  onOpen?: (() => void) | undefined;
  /** What lies on it. */
  over?: ComponentChildren;
  /** So many more are behind it. */
  more?: number | undefined;
}

export function Picture({ file, ratio, sizes, label, onOpen, over, more = 0 }: PictureProps) {
  const { t } = useWords();
  const [failed, setFailed] = useState(false);
  const [playing, setPlaying] = useState(false);
  const box = useRef<HTMLElement>(null);
  const moves = file.mime === "image/gif" && more === 0;
  useAgain(failed, setFailed);
  useColours(box, file);
  const act = (): void => {
    if (failed) setFailed(false);
    else if (moves) setPlaying(!playing);
    else onOpen?.();
  };
  const off = useAside();
  const shape = {
    class: "picture",
    style: { aspectRatio: String(ratio), flexGrow: ratio },
    "data-file": file.id,
    children: <Inside {...{ file, sizes, box, failed, playing, moves, more }} onFail={() => setFailed(true)} />,
  };
  // What lies over it has a button of its own.
  if (over !== undefined || onOpen === undefined) {
    const { children, ...rest } = shape;
    return (
      <div ref={box as { current: HTMLDivElement | null }} role="group" aria-label={label} {...rest}>
        {children}
        {onOpen && <button type="button" class="picture-open" {...off} aria-label={label} onClick={onOpen} />}
        {over}
      </div>
    );
  }
  return (
    <button
      ref={box as { current: HTMLButtonElement | null }}
      type="button"
      {...off}
      aria-label={failed ? `${label}. ${t("files.failed")}. ${t("app.retry")}` : label}
      aria-pressed={moves ? playing : undefined}
      {...shape}
      onClick={act}
    />
  );
}

interface InsideProps extends Pick<PictureProps, "file" | "sizes"> {
  box: { current: Element | null };
  failed: boolean;
  playing: boolean;
  moves: boolean;
  more: number;
  onFail: () => void;
}

function Inside({ file, sizes, box, failed, playing, moves, more, onFail }: InsideProps) {
  return (
    <>
      {failed && <Failed file={file} />}
      {!failed && isFilm(file) && <Still {...{ file, box, onFail }} />}
      {!failed && !isFilm(file) && <Photo {...{ file, sizes, onFail }} />}
      {playing && <img class="picture-moving" src={file.url ?? fileUrl(file.id)} alt="" draggable={false} />}
      {!failed && moves && !playing && <span class="picture-badge">GIF</span>}
      {more > 0 && <span class="picture-more">+{more}</span>}
    </>
  );
}

function isFilm({ mime }: ShownFile): boolean {
  return mime.startsWith("video/");
}

function Photo({ file, sizes, onFail }: { file: ShownFile; sizes: string; onFail: () => void }) {
  const { id, url, width, height } = file;
  // Its bytes are looked for.
  if (url === null) return null;
  if (url !== undefined) return <LocalImage url={url} onFail={onFail} />;
  return (
    <img
      ref={showAtOnce}
      class="picture-image"
      alt=""
      width={width ?? undefined}
      height={height ?? undefined}
      loading="lazy"
      decoding="async"
      draggable={false}
      srcset={sourceSet(file)}
      sizes={sizes}
      src={previewUrl(id, 320)}
      onLoad={(event) => show(event.currentTarget)}
      onError={onFail}
    />
  );
}

/** A video that is one of several: its first frame, which the viewer then plays. */
function Still(props: { file: ShownFile; box: { current: Element | null }; onFail: () => void }) {
  const { file, box, onFail } = props;
  const near = useNear(box);
  const address = file.url === undefined ? fileUrl(file.id) : file.url;
  return (
    <>
      <video
        class="picture-image picture-still"
        preload={near ? "metadata" : "none"}
        // Safari shows no frame but one that is asked for.
        src={near && address !== null ? `${address}#t=0.001` : undefined}
        muted
        playsInline
        tabIndex={-1}
        aria-hidden="true"
        onError={onFail}
      />
      <span class="picture-play" />
    </>
  );
}

function Failed({ file }: { file: ShownFile }) {
  const { t, size } = useWords();
  return (
    <span class="picture-failed">
      <Icon name="retry" />
      <FileName name={file.name} />
      <span class="picture-reason">
        {navigator.onLine ? t("files.failed") : t("files.offline")} · {size(file.size)}
      </span>
    </span>
  );
}

function showAtOnce(image: HTMLImageElement | null): void {
  if (image?.complete && image.naturalWidth > 0) show(image);
}

/** On the element itself: a screen of pictures is not drawn anew for each of them. */
function show({ parentElement }: HTMLImageElement): void {
  if (parentElement !== null) parentElement.dataset["here"] = "";
}

/** With the connection comes another try. */
function useAgain(failed: boolean, setFailed: (failed: boolean) => void): void {
  const { link } = useAccount();
  useLayoutEffect(() => (failed ? onReconnected(link, () => setFailed(false)) : undefined), [failed, link]);
}

/** One colour at once; those of its parts after the frame, where the picture is not here by then. */
function useColours(box: { current: HTMLElement | null }, { placeholder, url }: ShownFile): void {
  useLayoutEffect(() => {
    const element = box.current;
    const colour = averageColour(placeholder);
    if (element === null || colour === null || !placeholder) return undefined;
    // What is seen through has nothing behind it once it is here.
    if (colour.alpha < 1) element.dataset["clear"] = "";
    if (url) return undefined;
    element.style.backgroundColor = colour.css;
    return inTurn(() => {
      if (element.dataset["here"] !== undefined) return;
      const colours = placeholderUrl(placeholder);
      if (colours !== null) element.style.backgroundImage = `url(${colours})`;
    });
  }, [box, placeholder, url]);
}
