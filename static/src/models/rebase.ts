// Changes made offline, held against what has happened meanwhile. Pure.

import { mergeChecklists, mergeLabels } from "./merge.ts";
import { REFERENCES } from "./outbox.ts";
import type { Item } from "./rows.ts";
import type { Column, Task } from "./types.ts";
import { fieldsOf } from "./writes.ts";

type Fields = Record<string, unknown>;

/** The fields that a write sets, with their values. */
export function wanted(item: Item): Fields {
  const { kind } = item;
  const fields = fieldsOf(item);
  if (kind === "task.move") return { column_id: fields["column_id"] };
  if (kind === "message.edit") return { text: fields["text"] };
  if (kind === "chat.update") return without(fields, "chat_id");
  return (fields["changes"] as Fields | undefined) ?? {};
}

/** Whether somebody has changed what one saw when one wrote, so that the two cannot be laid together. */
export function unseen(item: Item, current: Fields): boolean {
  const lists = listsOf(item, current);
  if (item.seen === null) return lists.clash || Object.keys(wanted(item)).some((name) => !(name in lists.changes));
  return (
    lists.clash ||
    Object.entries(item.seen).some(
      ([name, value]) => !(name in lists.changes) && !same(value, current[name]),
    )
  );
}

/** What to send on top of what is there now: lists keep what others did to them meanwhile. */
function merged(item: Item, current: Fields): Fields {
  const { changes } = listsOf(item, current);
  if (Object.keys(changes).length === 0) return fieldsOf(item);
  return { ...fieldsOf(item), changes: { ...wanted(item), ...changes } };
}

/** A write laid on top of what is there now. */
export function onTop(item: Item, current: Fields): { fields: Fields; seen: Fields } {
  const { version } = current;
  const fields = { ...merged(item, current), ...(version === undefined ? {} : { version }) };
  const names = Object.keys(item.seen ?? wanted(item));
  return { fields, seen: Object.fromEntries(names.map((name) => [name, current[name]])) };
}

function listsOf(item: Item, current: Fields): { changes: Fields; clash: boolean } {
  if (item.kind !== "task.update") return { changes: {}, clash: false };
  const { checklist, labels } = wanted(item) as Partial<Task>;
  const [seen, theirs] = [(item.seen ?? {}) as Partial<Task>, current as Partial<Task>];
  const items =
    checklist && mergeChecklists(seen.checklist ?? null, checklist, theirs.checklist ?? []);
  return {
    changes: {
      ...(items && { checklist: items.value }),
      ...(labels && { labels: mergeLabels(seen.labels ?? null, labels, theirs.labels ?? []) }),
    },
    clash: items?.clash ?? false,
  };
}

/** Whether everything is as the write would have it. */
export function alreadySo(item: Item, current: Fields): boolean {
  // Two who move a card to one column may still mean different places in it: the later counts.
  if (item.kind === "task.delete") return current["deleted_at"] !== null;
  if (item.kind === "task.move") return false;
  return Object.entries(wanted(item)).every(([name, value]) => same(value, current[name]));
}

/**
 * A later write about the same thing, after an earlier one was stored: when nobody else's change
 * came in between, it builds on the earlier one. Null when it is about something else, or when
 * somebody's did: then the server decides.
 */
export function rebased(later: Item, earlier: Item, subject: Task | Column): Item | null {
  const [fields, before] = [fieldsOf(later), fieldsOf(earlier)];
  const base = before["version"];
  const same_ = fields["task_id"] === before["task_id"] && isAbout(later, earlier);
  if (!same_ || typeof base !== "number" || fields["version"] !== base) return null;
  if (subject.version !== base + 1) return null;
  return { ...later, fields: { ...fields, version: subject.version } } as Item;
}

function isAbout(later: Item, earlier: Item): boolean {
  if (earlier.kind.startsWith("task.")) return later.kind.startsWith("task.");
  const both = later.kind.startsWith("column.") && earlier.kind.startsWith("column.");
  return both && fieldsOf(later)["column_id"] === fieldsOf(earlier)["column_id"];
}

export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, each]) => [name, sorted(each)]));
}

function without(fields: Fields, name: string): Fields {
  const { [name]: _, ...rest } = fields;
  return rest;
}

/** Its person has decided that it is to be, on top of what was there then. */
export function asDecided(item: Item): Item {
  return item.decided && item.current !== null ? ({ ...item, ...onTop(item, item.current) } as Item) : item;
}

/** A write with the number, and the version, of what was made meanwhile. */
export function named(item: Item, temporary: unknown, subject: Task | Column): Item {
  const fields = { ...fieldsOf(item) };
  for (const name of REFERENCES) if (fields[name] === temporary) fields[name] = subject.id;
  if ("version" in fields && fieldsOf(item)["task_id"] === temporary)
    fields["version"] = subject.version;
  return { ...item, fields } as Item;
}
