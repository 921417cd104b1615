// Decodes pictures beside the page, so that nothing it does waits for that: a small one to look at, and the
// one that is sent as a photo.

import { isAnimated, withoutMetadata } from "./metadata.ts";
import { fitted, LONGEST_EDGE, QUALITY, type Size, wanted } from "./reducing.ts";

const SMALL_EDGE = 320;
/** An image of more pixels than this is not taken into memory: it goes as it is. */
const MOST_PIXELS = 120_000_000;

export interface Asked {
  id: number;
  file: Blob;
}

/** First `seen`, then `made`; or `failed`: no picture that this browser knows. */
export type Answer =
  | { id: number; kind: "seen"; size: Size; small: Blob }
  | { id: number; kind: "made"; photo: Blob; size: Size }
  | { id: number; kind: "failed" };

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<Asked>) => void;
  postMessage: (answer: Answer) => void;
};

let last = Promise.resolve();

scope.onmessage = ({ data }) => {
  // One after the other: each takes its pixels' room.
  last = last.then(() => look(data)).catch(() => scope.postMessage({ id: data.id, kind: "failed" }));
};

async function look({ id, file }: Asked): Promise<void> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    const size = { width: picture.width, height: picture.height };
    const small = await drawn(picture, fitted(size, SMALL_EDGE), "image/webp", 0.8);
    scope.postMessage({ id, kind: "seen", size, small });
    scope.postMessage({ id, kind: "made", ...(await photoOf(file, picture, size)) });
  } finally {
    picture.close();
  }
}

async function photoOf(file: Blob, picture: ImageBitmap, size: Size): Promise<{ photo: Blob; size: Size }> {
  const form = wanted(file.type, file.size, size);
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (form !== null && size.width * size.height <= MOST_PIXELS && !isAnimated(bytes)) {
    const smaller = fitted(size, LONGEST_EDGE);
    const photo = await drawn(picture, smaller, form, QUALITY);
    // A browser that does not write the form gives a PNG.
    if (photo.type === form && photo.size < file.size) return { photo, size: smaller };
  }
  const bare = withoutMetadata(bytes);
  return { photo: bare === null ? file : new Blob([bare], { type: file.type }), size };
}

async function drawn(picture: ImageBitmap, { width, height }: Size, type: string, quality: number): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { alpha: type !== "image/jpeg" });
  if (context === null) throw new Error("no canvas");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  return canvas.convertToBlob({ type, quality });
}
