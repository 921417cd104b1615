// Which square of a picture becomes a face: moved and enlarged by hand, wheel, two fingers or keys.

import "./avatar-crop.css";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Square } from "../../models/avatars.ts";
import { byTouch } from "../hooks/breakpoint.ts";
import { useWords } from "../hooks/context.ts";
import { enlarged, enlargement, type Frame, middle, sideOf, type Size, square } from "./avatar-frame.ts";
import { useFrameHand } from "./avatar-hand.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Icon } from "./icon.tsx";

export interface AvatarCropProps {
  file: File;
  /** A person's face is round, a chat's has corners. */
  round: boolean;
  /** Whether it was taken. */
  save: (picture: Blob, square: Square | null) => Promise<boolean>;
  onClose: () => void;
}

interface Opened {
  image: HTMLImageElement;
  size: Size;
}

export default function AvatarCrop({ file, round, save, onClose }: AvatarCropProps) {
  const { t } = useWords();
  const url = useAddress(file);
  const [opened, setOpened] = useState<Opened | null>(null);
  const [failed, setFailed] = useState(false);
  const [frame, setFrame] = useState<Frame>({ left: 0, top: 0, side: 1 });
  const [busy, setBusy] = useState(false);
  const unseen = failed && /hei[cf]/i.test(`${file.type} ${file.name}`);
  const ready = opened !== null || unseen;
  const go = async (): Promise<void> => {
    if (busy || !ready) return;
    setBusy(true);
    const { picture, part } = await prepared(file, opened, frame);
    if (await save(picture, part)) onClose();
    else setBusy(false);
  };
  return (
    <Dialog
      title={t("avatar.crop")}
      size="small"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button kind="main" busy={busy} disabled={!ready} onClick={() => void go()}>
            {t("app.save")}
          </Button>
        </>
      }
    >
      {failed ? (
        <p role="alert">{t(unseen ? "avatar.unseen" : "avatar.not_picture")}</p>
      ) : (
        <>
          <Crop {...{ url, round, frame, setFrame, opened }} onEnter={() => void go()}>
            <img
              class="crop-image"
              src={url}
              alt=""
              draggable={false}
              style={opened === null ? { visibility: "hidden" } : placed(frame, opened.size)}
              onLoad={({ currentTarget: image }) => {
                const size = { width: image.naturalWidth, height: image.naturalHeight };
                setFrame(middle(size));
                setOpened({ image, size });
              }}
              onError={() => setFailed(true)}
            />
          </Crop>
          <Enlarging {...{ frame, setFrame }} size={opened?.size ?? null} onEnter={() => void go()} />
          <p class="crop-hint">{t(byTouch() ? "avatar.hint_touch" : "avatar.hint")}</p>
        </>
      )}
    </Dialog>
  );
}

interface CropProps {
  round: boolean;
  frame: Frame;
  setFrame: (change: (frame: Frame) => Frame) => void;
  opened: Opened | null;
  onEnter: () => void;
  children: ComponentChildren;
}

function Crop({ round, setFrame, opened, onEnter, children }: CropProps) {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const hole = useRef<HTMLDivElement>(null);
  const hand = useFrameHand({ box, hole, size: opened?.size ?? null, setFrame, onEnter });
  return (
    <div ref={box} class="crop" role="group" tabIndex={0} autofocus aria-label={t("avatar.frame")} {...hand}>
      <div ref={hole} class={`crop-frame ${round ? "crop-round" : ""}`}>
        {children}
      </div>
    </div>
  );
}

type EnlargingProps = Pick<CropProps, "frame" | "setFrame" | "onEnter"> & { size: Size | null };

function Enlarging({ frame, setFrame, size, onEnter }: EnlargingProps) {
  const { t } = useWords();
  const part = size === null ? 0 : enlargement(frame, size);
  return (
    <label class="crop-enlarging">
      <Icon name="minus" />
      <input
        type="range"
        min={0}
        max={100}
        step={1}
        aria-label={t("avatar.enlarge")}
        disabled={size === null || sideOf(size, 0) === sideOf(size, 1)}
        value={Math.round(part * 100)}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          // It may stand in a form, which is not meant.
          event.preventDefault();
          onEnter();
        }}
        onInput={({ currentTarget }) => {
          const wanted = Number(currentTarget.value) / 100;
          if (size !== null) setFrame((held) => enlarged(held, size, held.side / sideOf(size, wanted)));
        }}
      />
      <Icon name="plus" />
    </label>
  );
}

/** In parts of the frame, in which the picture stands. */
function placed({ left, top, side }: Frame, { width }: Size): Record<string, string> {
  const part = (pixels: number): string => `${(pixels / side) * 100}%`;
  return { width: part(width), left: part(-left), top: part(-top) };
}

function useAddress(file: File): string {
  const url = useMemo(() => URL.createObjectURL(file), [file]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return url;
}

/** Bytes that go as they are: of what is larger only the square does. */
const SMALL_BYTES = 1_000_000;
/** Twice what the server keeps. */
const SIDE = 1024;

async function prepared(
  file: File,
  opened: Opened | null,
  frame: Frame,
): Promise<{ picture: Blob; part: Square | null }> {
  if (opened === null) return { picture: file, part: null };
  const cut = file.size > SMALL_BYTES ? await cutOut(opened.image, frame, file.type) : null;
  if (cut !== null) return { picture: cut, part: null };
  return { picture: file, part: square(frame, opened.size) };
}

function cutOut(image: HTMLImageElement, { left, top, side }: Frame, type: string): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.max(1, Math.min(SIDE, Math.round(side)));
  const context = canvas.getContext("2d");
  if (context === null) return Promise.resolve(null);
  context.imageSmoothingQuality = "high";
  context.drawImage(image, left, top, side, side, 0, 0, canvas.width, canvas.height);
  const form = type === "image/jpeg" ? type : "image/webp";
  return new Promise((resolve) => canvas.toBlob(resolve, form, 0.9));
}
