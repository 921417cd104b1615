// What the server's background tasks and jobs are for, in words.

import type { Key } from "../../lib/locale.ts";

const NAMES: Record<string, Key> = {
  archive: "health.task.archive",
  audit: "health.task.audit",
  backup: "health.task.backup",
  bus: "health.task.bus",
  erasing: "health.task.erasing",
  exports: "health.task.exports",
  files: "health.task.files",
  journal: "health.task.journal",
  mail: "health.task.mail",
  mails: "health.task.mail",
  push: "health.task.push",
  reminders: "health.task.reminders",
  search: "health.task.search",
  subscriptions: "health.task.push",
  words: "health.task.search",
};

/** Each once; one that has no words keeps the name that the command line knows. */
export function taskNames(names: readonly string[], t: (key: Key) => string): string {
  const said = names.map((name) => {
    const task = name.replace(/^job /, "");
    const key = NAMES[task] ?? NAMES[task.split(" ", 1)[0] ?? ""];
    return key === undefined ? name : t(key);
  });
  return [...new Set(said)].join(", ");
}
