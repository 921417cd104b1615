// The words of a write, wherever among its fields they stand. Pure.

import type { Item } from "./rows.ts";
import { fieldsOf } from "./writes.ts";

type Words = Record<string, unknown>;

/** The words of a write that can be changed before it is sent; null when it has none. */
export function wordsOf(item: Item): string | null {
  const at = whereWords(fieldsOf(item));
  return at === null ? null : String(at.in[at.name]);
}

export function withWords(item: Item, text: string): Words {
  const fields = fieldsOf(item);
  const at = whereWords(fields);
  if (at === null) return fields;
  const set = { ...at.in, [at.name]: text };
  return at.in === fields ? set : { ...fields, changes: set };
}

function whereWords(fields: Words): { in: Words; name: string } | null {
  const inside = [fields, (fields["changes"] ?? {}) as Words];
  for (const name of ["text", "description", "title"]) {
    const found = inside.find((each) => typeof each[name] === "string");
    if (found !== undefined) return { in: found, name };
  }
  return null;
}
