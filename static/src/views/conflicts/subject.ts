// What a write is about, in people's words.

import { useAccount, useWords } from "../../app/context.ts";
import type { Key } from "../../lib/locale.ts";
import type { Item } from "../../models/rows.ts";
import type { ChecklistItem, Due } from "../../models/types.ts";

export function kindOf(item: Item): Key {
  const [area, verb] = item.kind.split(".");
  if (area === "message") return verb === "send" ? "outbox.kind.message" : "outbox.kind.message_change";
  if (area === "reaction") return "outbox.kind.message_change";
  if (area === "task") return "outbox.kind.task";
  if (area === "column") return "outbox.kind.column";
  return area === "me" ? "outbox.kind.me" : "outbox.kind.chat";
}

/** The name of the thing, or the beginning of the text. */
export function useSubject(item: Item): string {
  const { chats, tasks } = useAccount();
  const { t } = useWords();
  const { fields } = item;
  if (typeof fields["text"] === "string") return fields["text"];
  const changes = (fields["changes"] ?? fields) as Record<string, unknown>;
  const id = fields["task_id"];
  const current = item.current ?? (typeof id === "number" ? tasks.of(id).value : null);
  const title = changes["title"] ?? (current as Record<string, unknown> | null)?.["title"];
  if (typeof title === "string") return title;
  const chat = chats.of(item.chat_id).value;
  return chat === null ? "" : t("outbox.in_chat", { title: chat.title || t("chats.common") });
}

const FIELDS = ["title", "description", "status", "assigned_to", "due", "labels", "checklist", "is_done", "limit"] as const;

export interface Difference {
  name: Key;
  mine: string;
  theirs: string;
}

/** Field by field, what one wanted and what is there now. */
export function useDifferences(item: Item): Difference[] {
  const say = useSay();
  const current = item.current ?? {};
  const changes = (item.fields["changes"] ?? item.fields) as Record<string, unknown>;
  const found: Difference[] = FIELDS.filter((field) => field in changes).map((field) => ({
    name: `outbox.field.${field}`,
    mine: say(field, changes[field]),
    theirs: say(field, current[field]),
  }));
  if (item.kind.endsWith(".move") && "column_id" in item.fields) {
    found.push({
      name: "outbox.field.place",
      mine: say("column_id", item.fields["column_id"]),
      theirs: say("column_id", current["column_id"]),
    });
  }
  return found;
}

function useSay(): (field: string, value: unknown) => string {
  const { people, boards, chats } = useAccount();
  const { t, due } = useWords();
  const columnTitle = (id: unknown): string => {
    for (const chat of chats.list.value) {
      const found = boards.of(chat.id).value.columns.find(({ column }) => column.id === id);
      if (found) return found.column.title;
    }
    return t("outbox.unsorted");
  };
  return (field, value) => {
    if (field === "column_id") return columnTitle(value);
    if (value === null || value === undefined || value === "") return t("outbox.nothing");
    if (field === "assigned_to") return people.name(value as number);
    if (field === "due") return due(value as Due);
    if (field === "status") return t(value === "done" ? "outbox.done_task" : "outbox.open_task");
    if (field === "checklist") return listOf((value as ChecklistItem[]).map(({ text, done }) => `${done ? "✓" : "○"} ${text}`));
    if (Array.isArray(value)) return listOf(value.map(String));
    if (typeof value === "boolean") return t(value ? "outbox.yes" : "outbox.no");
    return String(value);
  };
  function listOf(parts: string[]): string {
    return parts.length === 0 ? t("outbox.nothing") : parts.join(", ");
  }
}
