// Which of one's tasks are shown: what the address says, and what that leaves. Pure.

import type { TaskView } from "../../models/overlays/tasks.ts";
import { filtersOf as boardFilters, type Filters, NO_FILTERS, passing, queryOf as boardQuery } from "../board/filters.ts";

export type TaskFilters = Pick<Filters, "due" | "label" | "text"> & { chat_id: number | null };

export const ALL: TaskFilters = { due: null, label: null, text: "", chat_id: null };

export function filtersOf(query: Record<string, string>): TaskFilters {
  const { due, label, text } = boardFilters(query);
  const chat_id = Number(query["chat"] ?? "");
  return { due, label, text, chat_id: Number.isSafeInteger(chat_id) && chat_id > 0 ? chat_id : null };
}

export function queryOf({ chat_id, ...rest }: TaskFilters): Record<string, string> {
  return { ...boardQuery({ ...NO_FILTERS, ...rest }), ...(chat_id === null ? {} : { chat: String(chat_id) }) };
}

/** As a saved view has them: always the same text for the same filters. */
export function writtenOf(filters: TaskFilters): string {
  return new URLSearchParams(queryOf(filters)).toString();
}

export function readFrom(q: string): TaskFilters {
  return filtersOf(Object.fromEntries(new URLSearchParams(q)));
}

export function shownOf(tasks: TaskView[], { chat_id, ...rest }: TaskFilters, now: Date): TaskView[] {
  const passes = passing({ ...NO_FILTERS, ...rest }, 0, now);
  return tasks.filter((task) => (chat_id === null || task.chat_id === chat_id) && passes(task));
}
