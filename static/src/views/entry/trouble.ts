// What is wrong with what somebody typed: which field, in our words.

import { reason } from "../../lib/reasons.ts";
import { ApiError } from "../../lib/errors.ts";
import type { Key, Words } from "../../lib/locale.ts";

const FIELDS = ["username", "password", "display_name", "email"] as const;

export interface Trouble {
  /** Null: of the whole form. */
  field: string | null;
  text: string;
  /** What was answered, when it is not about what was typed. */
  error?: unknown;
}

export function troubleOf(error: unknown, words: Words): Trouble {
  const { t } = words;
  if (error instanceof ApiError && error.code === "validation_failed") {
    if (error.details["field"] === "new") return { field: "password", text: t("entry.same_password") };
    const field = FIELDS.find((name) => name === error.details["field"]);
    if (field !== undefined) return { field, text: t(`entry.bad_${field}` satisfies Key) };
  }
  if (error instanceof ApiError && error.code === "already_exists") {
    const field = error.details["field"] === "email" ? "email" : "username";
    return { field, text: reason(error, words) };
  }
  // Mistyped: nothing that an administrator is to look for.
  if (error instanceof ApiError && error.code === "invalid_credentials") return { field: null, text: reason(error, words) };
  if (error instanceof ApiError && error.retryAfterMs !== null) {
    return { field: null, text: t("entry.wait", { count: Math.ceil(error.retryAfterMs / 1000) }) };
  }
  return { field: null, text: reason(error, words), error };
}
