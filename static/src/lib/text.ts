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
