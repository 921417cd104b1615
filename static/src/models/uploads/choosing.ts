// Which of the files that were chosen come into a tray, and which stay outside and why. Pure.

import type { LocalFile } from "../local-files.ts";
import { isReducible } from "../../lib/pictures/reducing.ts";

/** The contract's: files of one message. */
export const FILES_A_MESSAGE = 500;

/** Bytes, as the server has them. */
export interface Limits {
  file: number;
  zip: number;
}

export interface Sorted {
  taken: File[];
  empty: File[];
  large: File[];
  /** Beyond what one message has room for. */
  more: File[];
}

export function sorted(files: File[], there: number, limits: Limits): Sorted {
  const empty = files.filter(({ size }) => size === 0);
  const large = files.filter((file) => !mayFit(file, limits));
  const left = new Set([...empty, ...large]);
  const fitting = files.filter((file) => !left.has(file));
  const room = Math.max(0, FILES_A_MESSAGE - there);
  return { taken: fitting.slice(0, room), empty, large, more: fitting.slice(room) };
}

/** A photo may be reduced, a ZIP unpacked. */
function mayFit(file: File, limits: Limits): boolean {
  if (isReducible(mimeOf(file))) return true;
  return file.size <= (isZip({ name: file.name, mime: mimeOf(file) }) ? Math.max(limits.file, limits.zip) : limits.file);
}

/** Systems know no type of these, but servers do. */
const TYPES: Record<string, string> = { heic: "image/heic", heif: "image/heif", avif: "image/avif", zip: "application/zip" };

export function mimeOf({ name, type }: { name: string; type: string }): string {
  const extension = name.split(".").at(-1)?.toLowerCase() ?? "";
  return type || (TYPES[extension] ?? "application/octet-stream");
}

export function isZip({ name, mime }: { name: string; mime: string }): boolean {
  return /^application\/(?:x-)?zip(?:-compressed)?$/.test(mime) || (mime === "" && /\.zip$/i.test(name));
}

export function localOf(file: File, asFiles: boolean, limits: Limits): LocalFile {
  const { name, size } = file;
  const mime = mimeOf(file);
  const asFile = asFiles && mime.startsWith("image/") ? { shown_as: "file" as const } : {};
  // Larger than a file may be, it can only be sent as what is in it.
  const unpack = isZip({ name, mime }) ? { unpack: size > limits.file } : {};
  return { id: crypto.randomUUID(), name: named(name), mime, size, width: null, height: null, ...asFile, ...unpack };
}

/** As composed letters: macOS has «й» as two. */
function named(name: string): string {
  return name.normalize("NFC");
}

/** A new name with the old ending: of what kind a file is, its name goes on saying. */
export function withStem(stem: string, ending: string): string | null {
  // Signs that make a path of a name, or are not seen in it.
  const clean = stem.replace(/[\u0000-\u001f\u007f/\\\u202a-\u202e\u2066-\u2069]/g, "").trim();
  return clean === "" ? null : clean + ending;
}
