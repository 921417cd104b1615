// A picture into the clipboard, where only PNG is sure to be taken.

import { fileUrl, previewUrl } from "../files/addresses.ts";
import type { ShownFile } from "../files/shown.ts";

/** Rejects where the browser gives no clipboard, and where the picture cannot be fetched. */
export async function copyPicture(file: ShownFile): Promise<void> {
  // A promise in it: the press is over when the picture is here.
  await navigator.clipboard.write([new ClipboardItem({ "image/png": pngOf(file) })]);
}

async function pngOf(file: ShownFile): Promise<Blob> {
  const whole = file.url ?? fileUrl(file.id);
  const picture = await decoded(whole).catch(() => decoded(previewUrl(file.id, 1600)));
  const canvas = document.createElement("canvas");
  canvas.width = picture.naturalWidth;
  canvas.height = picture.naturalHeight;
  canvas.getContext("2d")?.drawImage(picture, 0, 0);
  return new Promise((done, failed) =>
    canvas.toBlob((blob) => (blob === null ? failed(new Error("no picture")) : done(blob)), "image/png"),
  );
}

async function decoded(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}
