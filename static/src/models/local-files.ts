// Files that were chosen here and are not on the server yet: what is known of one, and what is kept of
// it in the local database. Types alone.

import type { Refused } from "./types.ts";

export interface LocalFile {
  /** A UUID, made when it was chosen; an upload is named by it, so that a repeat makes no second file. */
  id: string;
  name: string;
  mime: string;
  /** Bytes. */
  size: number;
  /** Pixels, upright. */
  width: number | null;
  height: number | null;
  /** A ThumbHash in base64. */
  placeholder?: string | null;
  shown_as?: "voice" | "file" | null;
  duration_ms?: number | null;
  /** Amplitudes in base64, one byte each. */
  waveform?: string | null;
  /** A ZIP that becomes its entries. */
  unpack?: boolean;
}

/** The bytes of a local file. */
export interface BlobRow {
  id: string;
  blob: Blob;
}

/** How far the upload of a local file is. Apart from its bytes, which are written once. */
export interface UploadRow {
  id: string;
  /** Of an upload that can be interrupted: the server's name for it. */
  upload_id: string | null;
  /** What it has become; several of an archive. */
  file_ids: string[] | null;
  /** When it became that: what no message names is not kept there for ever. */
  at: number;
  /** What was left out of an archive, until its person has seen that. */
  report: Report | null;
}

/** What of an archive did not become files, and why. */
export interface Report {
  id: string;
  chat_id: number;
  name: string;
  taken: number;
  refused: Refused[];
  at: number;
}

/** Files that were chosen for a message that is still being written. */
export interface TrayRow {
  /** A chat's id, or another name of the place. */
  where: string;
  files: LocalFile[];
}
