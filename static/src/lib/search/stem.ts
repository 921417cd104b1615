// The stem of a folded word: Russian by Cyrillic letters, English by Latin ones, any other as it is.

import { stemmer as russian } from "@orama/stemmers/russian";
import { english } from "./english.ts";

/** Longer ones are no words: addresses, keys, what a cat has typed. */
const LONGEST = 64;

export function stemOf(word: string): string {
  if (word.length > LONGEST) return word;
  if (/^[а-я]+$/.test(word)) return russian(word);
  return /^[a-z]+$/.test(word) ? english(word) : word;
}
