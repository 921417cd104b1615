// Which texts of a piece of the index may have what is wanted: all that have, and a few that have not.

import { shorterOf, type Word, type Words } from "./matching.ts";
import { placesOf, type Segment } from "./segment.ts";
import { stem } from "./words.ts";

/** Their places; null: all of them. */
export function candidates(segment: Segment, { all }: Words): Set<number> | null {
  let found: Set<number> | null = null;
  for (const group of all) {
    const some = new Set(group.flatMap((word) => [...ofWord(segment, word)]));
    found = found === null ? some : both(found, some);
    if (found.size === 0) break;
  }
  return found;
}

function ofWord(segment: Segment, { parts, open }: Word): Set<number> {
  let found: Set<number> | null = null;
  for (const [index, { word }] of parts.entries()) {
    const some = ofPart(segment, word, open && index === parts.length - 1);
    found = found === null ? some : both(found, some);
  }
  return found ?? new Set();
}

function ofPart(segment: Segment, word: string, open: boolean): Set<number> {
  if (!open) return new Set(placesOf(segment, stem(word)));
  const found = new Set(placesOf(segment, word, true));
  for (const term of shorterOf(word)) for (const place of placesOf(segment, term)) found.add(place);
  return found;
}

function both(one: Set<number>, other: Set<number>): Set<number> {
  return new Set([...one].filter((place) => other.has(place)));
}
