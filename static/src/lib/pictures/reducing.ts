// What becomes of a picture that is sent as a photo: how large, in which form, or as it is. Pure.

/** As large as a screen shows it, and half as large as a phone takes it. */
export const LONGEST_EDGE = 2560;
export const QUALITY = 0.85;
/** Drawn anew it would lose more than the bytes are worth. */
const SMALL_BYTES = 300_000;

/** What can be drawn anew; GIF moves, and of HEIC most browsers know nothing. */
const DRAWN = new Set(["image/jpeg", "image/png", "image/webp", "image/avif", "image/bmp"]);

export function isReducible(mime: string): boolean {
  return DRAWN.has(mime);
}

export interface Size {
  width: number;
  height: number;
}

/** The same shape, no longer than asked; never larger than it is. */
export function fitted({ width, height }: Size, longest: number): Size {
  const part = Math.min(1, longest / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * part)), height: Math.max(1, Math.round(height * part)) };
}

/** The form to draw it in; null where it stays as it is. */
export function wanted(mime: string, bytes: number, size: Size): "image/jpeg" | "image/webp" | null {
  if (!isReducible(mime)) return null;
  // BMP is not shown by every browser.
  const fits = Math.max(size.width, size.height) <= LONGEST_EDGE && mime !== "image/bmp";
  if (fits && bytes <= SMALL_BYTES) return null;
  return mime === "image/jpeg" ? "image/jpeg" : "image/webp";
}

const ENDINGS: Record<string, string> = { "image/jpeg": "jpg", "image/webp": "webp", "image/png": "png" };

/** The name of what was drawn anew in another form: its ending says which. */
export function renamed(name: string, mime: string): string {
  const ending = ENDINGS[mime];
  if (ending === undefined) return name;
  const stem = name.replace(/\.[^.]{1,5}$/, "");
  return new RegExp(`\\.(?:${ending === "jpg" ? "jpe?g|jfif" : ending})$`, "i").test(name) ? name : `${stem}.${ending}`;
}
