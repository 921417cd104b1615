// A piece of the index: which texts have which words. It never changes once it is made, and is plain data:
// it is stored as it is. What changed since stands in a later piece, and whoever reads looks at the text.

import { tokensOf } from "./words.ts";

export interface Doc {
  id: number;
  rev: number;
  /** Milliseconds since 1970. */
  at: number;
  text: string;
}

export interface Segment {
  ids: Float64Array;
  revs: Float64Array;
  ats: Float64Array;
  /** All terms in their order, one a line. */
  terms: string;
  /** Where the texts of each term begin in `places`; one more at the end. */
  starts: Uint32Array;
  /** Places in `ids`, ascending for each term. */
  places: Uint32Array;
}

export function segmentOf(docs: readonly Doc[]): Segment {
  const found = new Map<string, number[]>();
  for (const [place, { text }] of docs.entries()) {
    for (const { stem } of tokensOf(text, true)) {
      const places = found.get(stem);
      if (places === undefined) found.set(stem, [place]);
      else if (places.at(-1) !== place) places.push(place);
    }
  }
  const terms = [...found.keys()].sort();
  const starts = new Uint32Array(terms.length + 1);
  let end = 0;
  for (const [index, term] of terms.entries()) starts[index + 1] = end += found.get(term)?.length ?? 0;
  const places = new Uint32Array(end);
  for (const [index, term] of terms.entries()) places.set(found.get(term) ?? [], starts[index]);
  const numbers = (name: "id" | "rev" | "at"): Float64Array => Float64Array.from(docs, (doc) => doc[name]);
  return { ids: numbers("id"), revs: numbers("rev"), ats: numbers("at"), terms: terms.join("\n"), starts, places };
}

const split = new WeakMap<Segment, string[]>();

function termsOf(segment: Segment): string[] {
  let terms = split.get(segment);
  if (terms === undefined) split.set(segment, (terms = segment.terms === "" ? [] : segment.terms.split("\n")));
  return terms;
}

/** The places of the texts that have a term; with `open`, or one that begins with it. */
export function placesOf(segment: Segment, term: string, open = false): Uint32Array {
  const terms = termsOf(segment);
  const first = firstFrom(terms, term);
  let last = first;
  if (open) while (terms[last]?.startsWith(term)) last += 1;
  else if (terms[first] === term) last += 1;
  return segment.places.subarray(segment.starts[first], segment.starts[last]);
}

function firstFrom(terms: string[], term: string): number {
  let [low, high] = [0, terms.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((terms[middle] ?? "") < term) low = middle + 1;
    else high = middle;
  }
  return low;
}
