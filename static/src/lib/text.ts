// Text as the server can keep it: whole characters, and cut between what people see as one.

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Everything inside with whole characters: half of a pair, left by a cut, becomes U+FFFD; no NUL. */
export function wellFormed<T>(value: T): T {
  if (typeof value === "string") return value.toWellFormed().replaceAll("\0", "") as T;
  if (Array.isArray(value)) return value.map(wellFormed) as T;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([name, each]) => [name, wellFormed(each)]);
  return Object.fromEntries(entries) as T;
}

/** How many characters the server counts. */
export function lengthOf(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The beginning of a text, at most so long for the server, without half of an emoji at its end. */
export function cut(text: string, longest: number): string {
  // As many units as characters at least: the common case needs no look at each.
  if (text.length <= longest) return text.toWellFormed();
  let kept = "";
  let count = 0;
  for (const { segment } of graphemes.segment(text)) {
    count += lengthOf(segment);
    if (count > longest) break;
    kept += segment;
  }
  return kept.toWellFormed();
}

// What scripts need: Hebrew has four of them on one letter, Thai and Vietnamese two.
const PILED = /((?:\p{Mn}|\p{Me}){4})(?:\p{Mn}|\p{Me})+/gu;

/** Without the marks that pile up over one letter until they cover other people's lines. */
export function calm(text: string): string {
  return text.replace(PILED, "$1");
}

/** For comparing names: also ß and ss are one, as for the server. */
export function folded(text: string): string {
  return text.toUpperCase().toLowerCase();
}

/** More than marks of Markdown: what has only marks is none, whatever a parser would make of it. */
export const SAYS = /[^\s\p{C}*_~`#>+\-=|\\[\]().:!<]/u;

/** Whether anything is seen of a name, as the server asks of it. */
export function isSeen(name: string): boolean {
  return /[^\p{C}\p{Z}\p{M}\u115f\u1160\u3164\uffa0\u2800\ufffc]/u.test(name);
}

/** Whether a name or a title turns round what stands beside it: the server takes none that does. */
export function turnsRound(line: string): boolean {
  return /[\u202d\u202e]/.test(line);
}

export const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
