import assert from "node:assert/strict";
import { test } from "node:test";
import { isAnimated, withoutMetadata } from "./metadata.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const ascii = (text: string): number[] => [...new TextEncoder().encode(text)];

function segment(marker: number, content: number[]): number[] {
  const size = content.length + 2;
  return [0xff, marker, size >> 8, size & 255, ...content];
}

function exif(orientation: number): number[] {
  const place = [0x88, 0x25, 4, 0, 1, 0, 0, 0, 99, 0, 0, 0];
  const turn = [0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0];
  const tiff = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 2, 0, ...turn, ...place, 0, 0, 0, 0];
  return segment(0xe1, [...ascii("Exif\0\0"), ...tiff, ...ascii("55.7558 N")]);
}

const JFIF = segment(0xe0, ascii("JFIF\0"));
const COLOURS = segment(0xe2, ascii("ICC_PROFILE\0colours"));
const TABLE = segment(0xdb, [1, 0xff, 0xd9, 2]);
const SCAN = [...segment(0xda, [1]), 7, 0xff, 0, 8, 0xff, 0xd3, 9];
const END = [0xff, 0xd9];

function jpeg(...parts: number[][]): Bytes {
  return new Uint8Array([0xff, 0xd8, ...parts.flat()]);
}

test("a JPEG keeps its pixels and colours, and nothing of its camera, program or place", () => {
  const notes = [exif(1), segment(0xed, ascii("Photoshop")), segment(0xfe, ascii("by me")), segment(0xe2, ascii("MPF\0"))];
  const photo = jpeg(JFIF, ...notes, COLOURS, TABLE, SCAN, TABLE, SCAN, END, [1, 2, 3]);
  assert.deepEqual(withoutMetadata(photo), jpeg(JFIF, COLOURS, TABLE, SCAN, TABLE, SCAN, END));
});

test("a JPEG that is turned by its metadata stays upright", () => {
  const bare = withoutMetadata(jpeg(exif(6), TABLE, SCAN, END));
  assert.ok(bare !== null);
  assert.equal(new TextDecoder("latin1").decode(bare).includes("55.7558"), false);
  const turn = segment(0xe1, [
    ...[...ascii("Exif\0\0"), ...ascii("MM"), 0, 42, 0, 0, 0, 8],
    ...[0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0],
  ]);
  assert.deepEqual(bare, jpeg(turn, TABLE, SCAN, END));
  assert.deepEqual(withoutMetadata(bare), bare);
});

function chunk(name: string, content: number[]): number[] {
  return [0, 0, 0, content.length, ...ascii(name), ...content, 1, 2, 3, 4];
}

function png(...chunks: number[][]): Bytes {
  return new Uint8Array([0x89, ...ascii("PNG\r\n\x1a\n"), ...chunks.flat()]);
}

const [HEAD, DATA, LAST] = [chunk("IHDR", [1]), chunk("IDAT", [2, 3]), chunk("IEND", [])];

test("a PNG keeps its pixels, colours and transparency alone", () => {
  const kept = [HEAD, chunk("sRGB", [0]), chunk("tRNS", [1]), DATA];
  const notes = [chunk("tEXt", ascii("Author")), chunk("eXIf", [1]), chunk("tIME", [1])];
  assert.deepEqual(withoutMetadata(png(...kept, ...notes, LAST, [9])), png(...kept, LAST));
});

test("what is cut off, or something else, is not touched", () => {
  const whole = jpeg(JFIF, TABLE, SCAN, END);
  for (let size = 0; size < whole.length; size += 1) assert.equal(withoutMetadata(whole.slice(0, size)), null);
  assert.equal(withoutMetadata(png(HEAD, DATA)), null);
  assert.equal(withoutMetadata(new Uint8Array(ascii("GIF89a"))), null);
});

test("pictures that move are known", () => {
  assert.equal(isAnimated(png(HEAD, chunk("acTL", [1]), DATA, LAST)), true);
  assert.equal(isAnimated(png(HEAD, DATA, LAST)), false);
  const webp = (flags: number): Bytes => new Uint8Array([...ascii("RIFF1234WEBPVP8X"), 10, 0, 0, 0, flags]);
  assert.equal(isAnimated(webp(0x12)), true);
  assert.equal(isAnimated(webp(0x10)), false);
});
