// What a write is about, in people's words.

import type { ShownFile } from "../files/shown.ts";
import { wordsOfFiles } from "../files/words.ts";
import { useAccount, useWords } from "../hooks/context.ts";
import type { Key, Words } from "../../lib/locale.ts";
import type { Item } from "../../models/rows.ts";
import { fieldsOf } from "../../models/writes.ts";

export function kindOf(item: Item): Key {
  const [area, verb] = item.kind.split(".");
  if (area === "message") return verb === "send" || verb === "forward" ? "outbox.kind.message" : "outbox.kind.message_change";
  if (area === "reaction") return "outbox.kind.message_change";
  if (area === "task") return "outbox.kind.task";
  if (area === "column") return "outbox.kind.column";
  return ["me", "notifications", "searches"].includes(area ?? "") ? "outbox.kind.me" : "outbox.kind.chat";
}

/** The name of the thing, or the beginning of the text. */
export function useSubject(item: Item): string {
  const { chats, tasks } = useAccount();
  const words = useWords();
  const { t } = words;
  const fields = fieldsOf(item);
  if (item.kind === "message.forward") return item.fields.copies.map((copy) => said(copy, words)).join("\n");
  if (item.kind === "message.send") return said(item.fields, words);
  if (typeof fields["text"] === "string") return fields["text"];
  const changes = (fields["changes"] ?? fields) as Record<string, unknown>;
  const id = fields["task_id"];
  const current = item.current ?? (typeof id === "number" ? tasks.of(id).value : null);
  const title = changes["title"] ?? (current as Record<string, unknown> | null)?.["title"];
  if (typeof title === "string") return title;
  const chat = chats.of(item.chat_id).value;
  return chat === null ? "" : t("outbox.in_chat", { title: chat.title || t("chats.common") });
}

function said({ text, files = [] }: { text: string; files?: ShownFile[] }, words: Words): string {
  return [text, files.length > 0 && wordsOfFiles(files, words)].filter(Boolean).join("\n");
}

const FIELDS = ["text", "title", "is_done", "limit"] as const;

export interface Difference {
  name: Key;
  mine: string;
  theirs: string;
}

/** Of a column, field by field: what one wanted and what is there now. */
export function useDifferences(item: Item): Difference[] {
  const { t } = useWords();
  const current = item.current ?? {};
  const changes = (fieldsOf(item)["changes"] ?? item.fields) as Record<string, unknown>;
  const say = (value: unknown): string => {
    if (value === null || value === undefined || value === "") return t("outbox.nothing");
    return typeof value === "boolean" ? t(value ? "outbox.yes" : "outbox.no") : String(value);
  };
  return FIELDS.filter((field) => field in changes).map((field) => ({
    name: `outbox.field.${field}`,
    mine: say(changes[field]),
    theirs: say(current[field]),
  }));
}
