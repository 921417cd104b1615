// What is shown of a file, and how: a picture in an album, a row, a player. Pure.

import { isPlayedSound, isPlayedVideo } from "./kinds.ts";

/** What views need of a file, be it stored or still on this device. */
export interface ShownFile {
  id: string;
  name: string;
  mime: string;
  size: number;
  width?: number | null | undefined;
  height?: number | null | undefined;
  placeholder?: string | null | undefined;
  /** Whether the server has a small picture of it. */
  preview?: boolean | undefined;
  folder?: string | null | undefined;
  /** Whose it is; what is on this device is one's own. */
  uploader_id?: number | undefined;
  shown_as?: "voice" | "file" | null | undefined;
  duration_ms?: number | null | undefined;
  waveform?: string | null | undefined;
  /** Where its bytes are, while they are on this device; null until they are at hand. */
  url?: string | null | undefined;
}

export interface Arranged<F extends ShownFile> {
  /** Photos and videos, in an album. */
  pictures: F[];
  sounds: F[];
  rows: F[];
}

export function arranged<F extends ShownFile>(files: readonly F[]): Arranged<F> {
  const pictures = files.filter(isPicture);
  const sounds = files.filter(isSound);
  return { pictures, sounds, rows: files.filter((file) => !isPicture(file) && !isSound(file)) };
}

/** Whether it is looked at in its place: a photo that can be drawn, or a video that browsers play. */
export function isPicture(file: ShownFile): boolean {
  if (file.shown_as === "file") return false;
  return isPhoto(file) || isPlayedVideo(file.mime);
}

export function hasPictures(files: readonly ShownFile[]): boolean {
  return files.some(isPicture);
}

/** A photo whose shape is known before it is here. */
export function isPhoto({ mime, width, height, preview, url }: ShownFile): boolean {
  return mime.startsWith("image/") && !!width && !!height && (preview === true || url !== undefined);
}

export function isSound(file: ShownFile): boolean {
  return file.shown_as !== "file" && isPlayedSound(file.mime);
}

/** Whether the viewer shows it; what it does not is saved. */
export function isViewed(file: ShownFile): boolean {
  return isPicture(file) || file.mime === "application/pdf" || isPhoto(file);
}

/** What the viewer shows of a message, in the order in which the message does. */
export function viewedOf<F extends ShownFile>(files: readonly F[]): F[] {
  const { pictures, rows } = arranged(files);
  return [...pictures, ...rows.filter(isViewed)];
}
