// Values of settings as they stand in the environment, and as people read and write them.

import type { Key, Values } from "../../lib/locale.ts";

export const GROUPS = {
  who: ["REGISTRATION", "DIRECT_CHATS"],
  kept: ["RETENTION_DAYS", "ARCHIVE_YEARS"],
  files: ["FILE_MAX_BYTES", "ZIP_MAX_BYTES", "FILE_QUOTA_PER_USER", "FILE_QUOTA_TOTAL"],
  limits: ["MESSAGE_MAX_LENGTH", "MESSAGE_RATE_LIMIT", "WRITE_RATE_LIMIT", "MAX_OPEN_TASKS_PER_CHAT"],
} as const;
/** Those that have a row. */
export type SettingName = (typeof GROUPS)[keyof typeof GROUPS][number];
const MEGABYTE = 2 ** 20;

interface Said {
  t: (key: Key, values?: Values) => string;
  number: (value: number) => string;
  size: (bytes: number) => string;
}

/** `10485760` → `10`; as few digits as it needs. */
export function megabytes(bytes: string): string {
  return String(Number((Number(bytes) / MEGABYTE).toFixed(2)));
}

export function fromMegabytes(typed: string): string {
  return String(Math.round(Number(typed) * MEGABYTE));
}

/** `20/10s` → how many, in how many seconds. */
export function rateOf(value: string): [count: string, seconds: string] {
  const [count = "", seconds = ""] = value.replace(/s$/, "").split("/");
  return [count, seconds];
}

export function sayValue({ kind }: { kind: string }, value: string, { t, number, size }: Said): string {
  switch (kind) {
    case "choice":
      return t(`admin.registration.${value as "open"}`);
    case "switch":
      return t(value === "on" ? "setting.on" : "setting.off");
    case "size":
      return value === "0" ? t("setting.no_limit") : size(Number(value));
    case "rate": {
      const [count, seconds] = rateOf(value);
      return t("setting.rate", { count: Number(count), seconds: Number(seconds) });
    }
    default:
      return number(Number(value));
  }
}
