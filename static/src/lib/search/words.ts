// A text as search sees it: its words, folded and brought to their stems, and where each of them stands.
// The same words as the server's: `tests/vectors/stems.json` holds both to one list.

import { stemOf } from "./stem.ts";

/** A word of a text, from one place of it to another (UTF-16 units, as `slice` counts). */
export interface Token {
  /** Folded, not stemmed. */
  word: string;
  stem: string;
  from: number;
  to: number;
}

const WORDS = /[\p{L}\p{N}][\p{L}\p{N}\p{M}\u00AD\u200B-\u200D\u2060]*/gu;
/** `getUserName` and `userID2` are also the words that they are made of. */
const HUMPS = /\p{Lu}+(?=\p{Lu}\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lu}+|\p{N}+/gu;
const HUMPED = /\p{Ll}\p{Lu}|\p{Lu}\p{Lu}\p{Ll}|\p{L}\p{N}|\p{N}\p{L}/u;
/** Marks on a letter count for nothing, but й is a letter of its own. */
const MARKS = /\p{M}+/gu;
/** Where a word may be hyphenated, or not broken: not seen, and often pasted. */
const SILENT = /[\u00AD\u200B-\u200D\u2060]+/g;
const STEMS_KEPT = 50_000;

const stems = new Map<string, string>();

/** Small letters without marks; ё is е. */
export function fold(text: string): string {
  const small = text.toLowerCase();
  if (/^[\x00-\x7fа-я]*$/.test(small)) return small;
  return small
    .normalize("NFD")
    .replace(/\u0438\u0306/g, "й")
    .replace(MARKS, "")
    .replace(SILENT, "")
    .normalize("NFC");
}

export function stem(word: string): string {
  let found = stems.get(word);
  if (found === undefined) {
    if (stems.size >= STEMS_KEPT) stems.clear();
    stems.set(word, (found = stemOf(word)));
  }
  return found;
}

/** The words of a text in their order; with `parts`, what compounds are made of comes right behind them. */
export function tokensOf(text: string, parts = false): Token[] {
  const found: Token[] = [];
  for (const { 0: word, index } of text.matchAll(WORDS)) {
    found.push(token(word, index));
    if (!parts || !HUMPED.test(word)) continue;
    for (const { 0: part, index: at } of word.matchAll(HUMPS)) found.push(token(part, index + at));
  }
  return found;
}

function token(given: string, from: number): Token {
  const word = fold(given);
  return { word, stem: stem(word), from, to: from + given.length };
}
