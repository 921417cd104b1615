// What went wrong, in the person's words.

import { ApiError, Unreachable } from "./errors.ts";
import type { Key, Words } from "./locale.ts";

const KNOWN = new Set<string>([
  "invalid_credentials",
  "registration_closed",
  "already_exists",
  "rate_limited",
  "unavailable",
  "forbidden",
  "not_found",
  "archived",
  "version_conflict",
  "internal",
  "not_taken",
  "too_large",
  "session_ended",
  "payload_too_large",
  "quota_exceeded",
  "storage_full",
  "request_timeout",
  "file_gone",
  "too_many_files",
  "archive_unreadable",
  "archive_too_large",
  "archive_empty",
] satisfies (Key extends infer K ? (K extends `error.${infer Code}` ? Code : never) : never)[]);

/** The server's own sentence only where there is none of ours: it speaks English. */
export function reason(error: unknown, { t }: Words): string {
  if (error instanceof Unreachable) return t("error.unreachable");
  if (!(error instanceof ApiError)) return t("error.internal");
  return KNOWN.has(error.code) ? t(`error.${error.code}` as Key) : error.message;
}
