// A task's history in plain words: each change of a field as a sentence of the catalog. Pure.

import type { Key, Values } from "../../lib/locale.ts";
import type { ChecklistItem, Due, HistoryEntry } from "../../models/types.ts";

export interface Said {
  key: Key;
  values: Values;
}

/** What the sentences need to know by name. */
export interface Names {
  person: (id: number) => string;
  column: (id: number) => string | null;
  due: (due: Due) => string;
}

type Field = HistoryEntry["changes"][number];
type Say = (change: Field, names: Names, by: number | null) => Said[];

/** Everything one entry of the history says, in sentences without their subject. */
export function sentencesOf({ type, by, changes }: HistoryEntry, names: Names): Said[] {
  if (type === "task.created") return [said("card.did.created")];
  const fields = new Map(changes.map((change) => [change.field, change]));
  // A card's status and place follow from its column, and its column from being put away.
  if (fields.has("archived_at")) for (const name of ["column_id", "position"]) fields.delete(name);
  if (fields.get("column_id")?.new != null) fields.delete("status");
  if (fields.has("column_id")) fields.delete("position");
  // A cover comes and goes with its file.
  if (fields.has("files")) fields.delete("cover_file_id");
  return [...fields.values()].flatMap((change) => SAY[change.field]?.(change, names, by) ?? []);
}

const SAY: Record<string, Say> = {
  title: ({ new: title }) => [said("card.did.renamed", { title: String(title) })],
  description: ({ old, new: text }) => {
    if (text === "") return [said("card.did.cleared")];
    return [said(old === "" ? "card.did.described" : "card.did.redescribed")];
  },
  status: ({ new: status }) => [said(status === "done" ? "card.did.finished" : "card.did.reopened")],
  assigned_to: ({ new: id }, names, by) => {
    if (id === null) return [said("card.did.unassigned")];
    if (id === by) return [said("card.did.took")];
    return [said("card.did.assigned", { name: names.person(id as number) })];
  },
  due: ({ new: due }, names) => {
    if (due === null) return [said("card.did.undue")];
    return [said("card.did.due", { due: names.due(plainDue(due as Due)) })];
  },
  column_id: ({ new: id }, names) => {
    if (id === null) return [said("card.did.off_board")];
    const column = names.column(id as number);
    return [column === null ? said("card.did.moved_away") : said("card.did.moved", { column })];
  },
  position: () => [said("card.did.placed")],
  archived_at: ({ new: at }) => [said(at === null ? "card.did.unarchived" : "card.did.archived")],
  files: ({ old, new: files }) => [...ofFiles("removed", old as string[]), ...ofFiles("attached", files as string[])],
  cover_file_id: ({ new: id }) => [said(id === null ? "card.did.uncovered" : "card.did.covered")],
  labels: ({ old, new: labels }) => {
    const [before, after] = [old as string[], labels as string[]];
    const added = after.filter((label) => !before.includes(label));
    const taken = before.filter((label) => !after.includes(label));
    return [
      ...added.map((label) => said("card.did.labelled", { label })),
      ...taken.map((label) => said("card.did.unlabelled", { label })),
    ];
  },
  checklist: ({ old, new: items }) => ofChecklist(old as ChecklistItem[], items as ChecklistItem[]),
};

/** A few by their names, many by their number. */
function ofFiles(what: "attached" | "removed", names: string[]): Said[] {
  if (names.length > 3) return [said(`card.did.files_${what}`, { count: names.length })];
  return names.map((name) => said(`card.did.file_${what}`, { name }));
}

function ofChecklist(old: ChecklistItem[], items: ChecklistItem[]): Said[] {
  const before = new Map(old.map((item) => [item.id, item]));
  const after = new Set(items.map((item) => item.id));
  const found: Said[] = [];
  for (const item of items) {
    const was = before.get(item.id);
    if (was === undefined) found.push(said("card.did.item_added", { item: item.text }));
    else if (was.done !== item.done) {
      found.push(said(item.done ? "card.did.item_done" : "card.did.item_undone", { item: item.text }));
    } else if (was.text !== item.text) found.push(said("card.did.item_edited", { item: item.text }));
  }
  const gone = old.filter((item) => !after.has(item.id));
  found.push(...gone.map((item) => said("card.did.item_removed", { item: item.text })));
  return found.length > 0 ? found : [said("card.did.items_ordered")];
}

/** The log writes what is not set as null. */
function plainDue(due: { date?: string | null; at?: string | null; zone?: string | null }): Due {
  if (due.date != null) return { date: due.date };
  return { at: due.at ?? "", zone: due.zone ?? "" };
}

function said(key: Key, values: Values = {}): Said {
  return { key, values };
}
