// The upload of one file, from wherever it was interrupted to the server's files.

import { ApiError } from "../../lib/errors.ts";
import type { LocalFile, UploadRow } from "../local-files.ts";
import type { Refused } from "../types.ts";
import type { Requests } from "./requests.ts";

/** What is larger goes in parts. */
const WHOLE = 1024 * 1024;
/** So much is sent again at the most when a connection breaks behind a proxy that gathers requests. */
const PART = 8 * 1024 * 1024;

export interface UploadParts {
  requests: Requests;
  chat_id: number;
  file: LocalFile;
  blob: Blob;
  /** What is known of it from before. */
  row: UploadRow;
  /** Remember the server's name for it before anything is sent under that. */
  begun: (upload_id: string | null) => Promise<void>;
}

export interface Uploaded {
  file_ids: string[];
  refused: Refused[];
}

/** What is known of one before it. */
export function begin(id: string): UploadRow {
  return { id, upload_id: null, file_ids: null, at: 0, report: null };
}

/** Raises ApiError, Unreachable, or the reason for which it was given up. */
export async function upload(parts: UploadParts): Promise<Uploaded> {
  const { requests, chat_id, file, blob } = parts;
  await checkReadable(blob);
  if (blob.size <= WHOLE && !file.unpack) {
    return { file_ids: [await requests.whole(chat_id, file, blob)], refused: [] };
  }
  const id = await inParts(parts);
  if (!file.unpack) return { file_ids: [id], refused: [] };
  const { files, refused } = await unpacked(() => requests.unpack(id));
  return { file_ids: files.map((each) => each.id), refused };
}

/** What is wrong with an archive has words of its own. */
async function unpacked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const code = error instanceof ApiError ? ARCHIVES[error.code] : undefined;
    throw code === undefined ? error : new ApiError({ code, message: (error as ApiError).message });
  }
}

const ARCHIVES: Record<string, string> = {
  unsupported_type: "archive_unreadable",
  payload_too_large: "archive_too_large",
  validation_failed: "archive_empty",
};

async function inParts(parts: UploadParts): Promise<string> {
  const { requests, chat_id, file, blob, row } = parts;
  let id = row.upload_id;
  let offset = id === null ? null : await offsetOf(requests, id);
  if (id === null || offset === null) {
    const announced = (): Promise<string> => requests.announce(chat_id, file);
    id = await (file.unpack ? unpacked(announced) : announced());
    offset = 0;
    await parts.begun(id);
  }
  while (offset < blob.size) {
    const part = blob.slice(offset, offset + PART);
    await requests.append(id, offset, part);
    offset += part.size;
  }
  return id;
}

/** Null when the server does not know it any more. */
async function offsetOf(requests: Requests, id: string): Promise<number | null> {
  try {
    return await requests.offset(id);
  } catch (error) {
    if (error instanceof ApiError && error.code === "not_found") return null;
    throw error;
  }
}

/** A file on the disk may be gone since it was chosen, or changed: then the browser does not read it. */
async function checkReadable(blob: Blob): Promise<void> {
  try {
    await blob.slice(0, 1).arrayBuffer();
  } catch {
    throw new ApiError({ code: "file_gone", message: "This file is not there any more, or was changed." });
  }
}
