// A picture without what its camera wrote beside it (place, time, device): the pixels and their colours
// stay byte for byte. JPEG (ITU-T T.81, Exif 2.32) and PNG (ISO/IEC 15948).

const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0];
const ICC = [...new TextEncoder().encode("ICC_PROFILE\0")];
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const ORIENTATION = 0x0112;
/** How it is read where it is shown: its own colours, transparency, size. */
const KEPT_CHUNKS = /^(?:[A-Z]|acTL|fcTL|fdAT|tRNS|cHRM|gAMA|iCCP|sBIT|sRGB|cICP|bKGD|pHYs|hIST|sPLT)/;

type Bytes = Uint8Array<ArrayBuffer>;

/** Null where it is neither a JPEG nor a PNG, or is broken. */
export function withoutMetadata(bytes: Bytes): Bytes | null {
  const parts = begins(bytes, PNG) ? pngParts(bytes) : begins(bytes, [0xff, 0xd8, 0xff]) ? jpegParts(bytes) : null;
  return parts && joined(parts);
}

/** Whether it moves: drawn anew it would stand still. Of GIF nobody asks. */
export function isAnimated(bytes: Bytes): boolean {
  if (begins(bytes, PNG)) return chunksOf(bytes)?.some(({ name }) => name === "acTL") ?? false;
  const ascii = (from: number): string => String.fromCharCode(...bytes.subarray(from, from + 4));
  if (ascii(0) === "RIFF" && ascii(8) === "WEBP") return ascii(12) === "VP8X" && ((bytes[20] ?? 0) & 2) !== 0;
  return ascii(4) === "ftyp" && ascii(8) === "avis";
}

function begins(bytes: Bytes, with_: number[], at = 0): boolean {
  return with_.every((byte, index) => bytes[at + index] === byte);
}

function joined(parts: Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

interface Segment {
  marker: number;
  from: number;
  to: number;
}

/** The segments up to the end of the first image: behind it cameras put more of them, with words of their own. */
function segmentsOf(bytes: Bytes): Segment[] | null {
  const found: Segment[] = [];
  for (let at = 2; at + 1 < bytes.length; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const size = marker === 0xd9 ? 0 : ((bytes[at + 2] ?? 0) << 8) + (bytes[at + 3] ?? 0);
    const head = at + 2 + size;
    const to = marker === 0xda ? scanEnd(bytes, head) : head;
    if (to > bytes.length) return null;
    found.push({ marker, from: at, to });
    if (marker === 0xd9) return found;
    at = to;
  }
  return null;
}

/** Where the next marker stands that is neither a stuffed byte nor a restart. */
function scanEnd(bytes: Bytes, from: number): number {
  let at = bytes.indexOf(0xff, from);
  while (at !== -1) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
    at = bytes.indexOf(0xff, at + 1);
  }
  return Infinity;
}

function jpegParts(bytes: Bytes): Bytes[] | null {
  const segments = segmentsOf(bytes);
  if (segments === null) return null;
  const exif = segments.find(({ marker, from }) => marker === 0xe1 && begins(bytes, EXIF, from + 4));
  const turned = exif ? orientationOf(bytes.subarray(exif.from + 10, exif.to)) : 1;
  const kept = segments.filter((segment) => isKept(bytes, segment)).map(({ from, to }) => bytes.subarray(from, to));
  return [bytes.subarray(0, 2), ...(turned === 1 ? [] : [onlyOrientation(turned)]), ...kept];
}

function isKept(bytes: Bytes, { marker, from }: Segment): boolean {
  // A comment, and what programs put beside the picture; but for JFIF, colours, and Adobe's of how they are meant.
  if (marker === 0xfe) return false;
  if (marker === 0xe2) return begins(bytes, ICC, from + 4);
  return marker < 0xe0 || marker > 0xef || marker === 0xe0 || marker === 0xee;
}

/** 1 to 8, as Exif says; 1 where it says nothing. */
function orientationOf(tiff: Bytes): number {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  try {
    const little = view.getUint16(0) === 0x4949;
    const directory = view.getUint32(4, little);
    const count = view.getUint16(directory, little);
    for (let index = 0; index < count; index += 1) {
      const at = directory + 2 + index * 12;
      if (view.getUint16(at, little) !== ORIENTATION) continue;
      const value = view.getUint16(at + 8, little);
      return value >= 1 && value <= 8 ? value : 1;
    }
  } catch {
    // Cut off in the middle.
  }
  return 1;
}

function onlyOrientation(value: number): Bytes {
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0, 0, 0, 0, 0];
  return new Uint8Array([0xff, 0xe1, 0, 2 + EXIF.length + tiff.length, ...EXIF, ...tiff]);
}

function chunksOf(bytes: Bytes): { name: string; from: number; to: number }[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = [];
  for (let at = PNG.length; at + 12 <= bytes.length; ) {
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const to = at + 12 + view.getUint32(at);
    if (to > bytes.length) return null;
    found.push({ name, from: at, to });
    if (name === "IEND") return found;
    at = to;
  }
  return null;
}

function pngParts(bytes: Bytes): Bytes[] | null {
  const chunks = chunksOf(bytes)?.filter(({ name }) => KEPT_CHUNKS.test(name));
  return chunks ? [bytes.subarray(0, PNG.length), ...chunks.map(({ from, to }) => bytes.subarray(from, to))] : null;
}
