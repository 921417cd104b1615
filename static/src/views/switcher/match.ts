// Finding by a few letters: beginnings of words count most, then words, then letters in their order.
// What was typed in the wrong layout (ghbdtn for привет) is tried in the other one too, and a slip of
// the finger or two is forgiven.

import { otherLayout } from "../../lib/search/layout.ts";

export function folded(text: string): string {
  return text.trim().toLocaleLowerCase().replaceAll("ё", "е");
}

/** How well a name answers what was typed: 0 not at all, more is better. */
export function score(name: string, typed: string): number {
  const wanted = folded(typed);
  if (wanted === "") return 1;
  const given = folded(name);
  const straight = scoreOf(given, wanted);
  if (straight > 0) return straight;
  const other = folded(otherLayout(wanted));
  return scoreOf(given, other) * 0.8 || Math.max(mistyped(given, wanted), mistyped(given, other));
}

/** Each word that was typed is nearly the beginning of one of the name's. */
function mistyped(name: string, wanted: string): number {
  const words = wordsOf(name);
  let slips = 0;
  for (const part of wordsOf(wanted)) {
    const allowed = part.length < 4 ? 0 : part.length < 6 ? 1 : 2;
    const least = Math.min(...words.map((word) => slipsTo(word, part)));
    if (!(least <= allowed)) return 0;
    slips += least;
  }
  return slips === 0 ? 0 : 20 - 4 * slips;
}

/** The fewest letters left out, added, swapped or wrong that make what was typed a beginning of it. */
function slipsTo(word: string, typed: string): number {
  let before: number[] = [];
  let row = Array.from({ length: word.length + 1 }, (_, at) => at);
  for (let at = 1; at <= typed.length; at++) {
    const next = [at];
    for (let to = 1; to <= word.length; to++) {
      const same = typed[at - 1] === word[to - 1];
      let least = Math.min((row[to - 1] ?? 0) + (same ? 0 : 1), (row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1);
      const swapped = at > 1 && to > 1 && typed[at - 1] === word[to - 2] && typed[at - 2] === word[to - 1];
      if (swapped) least = Math.min(least, (before[to - 2] ?? 0) + 1);
      next.push(least);
    }
    [before, row] = [row, next];
  }
  return Math.min(...row);
}

function wordsOf(text: string): string[] {
  return text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
}

function scoreOf(name: string, wanted: string): number {
  if (name === wanted) return 100;
  if (name.startsWith(wanted)) return 90;
  const words = wordsOf(name);
  if (words.some((word) => word.startsWith(wanted))) return 80;
  const parts = wanted.split(/\s+/);
  if (parts.length > 1 && parts.every((part) => words.some((word) => word.startsWith(part)))) return 75;
  const at = name.indexOf(wanted);
  if (at >= 0) return 60 - Math.min(at, 20);
  // Initials: «нс» for «Новый сайт».
  const initials = words.map((word) => word[0]).join("");
  if (wanted.length > 1 && initials.startsWith(wanted)) return 50;
  return wanted.length > 2 ? scattered(name, wanted) : 0;
}

/** The letters in their order, not too far apart. */
function scattered(name: string, wanted: string): number {
  let from = -1;
  let gaps = 0;
  for (const letter of wanted) {
    const at = name.indexOf(letter, from + 1);
    if (at < 0) return 0;
    if (from >= 0) gaps += at - from - 1;
    from = at;
  }
  return gaps > wanted.length * 2 ? 0 : 30 - gaps;
}
