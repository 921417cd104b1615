// Which cards a board shows: what the address says, and what that leaves. Pure.

import type { TaskView } from "../../models/overlays/tasks.ts";
import type { Task } from "../../models/types.ts";
import { nearness } from "../card/due.ts";

export const DUES = ["overdue", "today", "soon", "none"] as const;
export type DueFilter = (typeof DUES)[number];

export interface Filters {
  mine: boolean;
  person: number | null;
  label: string | null;
  due: DueFilter | null;
  text: string;
}

export const NO_FILTERS: Filters = { mine: false, person: null, label: null, due: null, text: "" };

/** From the address; what it says wrongly counts as not said. */
export function filtersOf(query: Record<string, string>): Filters {
  const person = Number(query["person"] ?? "");
  return {
    mine: query["mine"] === "1",
    person: Number.isSafeInteger(person) && person > 0 ? person : null,
    label: query["label"] || null,
    due: DUES.find((due) => due === query["due"]) ?? null,
    text: query["q"] ?? "",
  };
}

export function queryOf({ mine, person, label, due, text }: Filters): Record<string, string> {
  return {
    ...(mine ? { mine: "1" } : {}),
    ...(person === null ? {} : { person: String(person) }),
    ...(label === null ? {} : { label }),
    ...(due === null ? {} : { due }),
    ...(text === "" ? {} : { q: text }),
  };
}

export function isFiltered(filters: Filters): boolean {
  return Object.keys(queryOf(filters)).length > 0;
}

/** Whether a card is shown; `own` is who looks. */
export function passing(filters: Filters, own: number, now: Date): (task: TaskView) => boolean {
  const wanted = folded(filters.text.trim());
  return (task) =>
    (!filters.mine || task.assigned_to === own) &&
    (filters.person === null || task.assigned_to === filters.person) &&
    (filters.label === null || task.labels.includes(filters.label)) &&
    (filters.due === null || isDue(task, filters.due, now)) &&
    (wanted === "" || folded(task.title).includes(wanted) || `#${task.number}` === wanted);
}

function isDue(task: Task, due: DueFilter, now: Date): boolean {
  if (task.due === null || due === "none") return task.due === null && due === "none";
  const near = nearness(task.due, now);
  // What is soon has what is today in it.
  return near === due || (due === "soon" && near === "today");
}

function folded(text: string): string {
  return text.toLocaleLowerCase().replaceAll("ё", "е");
}
