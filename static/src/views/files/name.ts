// A file's name where there is little room: shortened in the middle, its end and its kind stay. Pure.

/** So much of the name before the extension stays whole: a date, a number, "(2)". */
const KEPT = 5;
/** What is longer after the last point is no extension. */
const EXTENSION = /\.[^.\s]{1,8}$/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The beginning, which may be cut, and the end, which may not. */
export function nameParts(name: string): { head: string; tail: string } {
  const extension = extensionOf(name);
  const stem = [...graphemes.segment(name.slice(0, name.length - extension.length))];
  const at = Math.max(0, stem.length - KEPT);
  if (at === 0) return { head: "", tail: name };
  // The end begins with a letter: a space behind the "…" would be a hole.
  const first = stem.findIndex(({ segment }, index) => index >= at && segment.trim() !== "");
  const cut = stem[first]?.index ?? name.length - extension.length;
  return { head: name.slice(0, cut), tail: name.slice(cut) };
}

/** With its point; "" where there is none. */
export function extensionOf(name: string): string {
  const found = EXTENSION.exec(name)?.[0] ?? "";
  return found.length === name.length ? "" : found;
}

/** At most so many characters, "…" for the middle: for a sentence, where nothing can be measured. */
export function shortened(name: string, longest = 40): string {
  const letters = [...graphemes.segment(name)].map(({ segment }) => segment);
  if (letters.length <= longest) return name;
  const end = Math.min(Math.floor(longest / 2), [...graphemes.segment(extensionOf(name))].length + KEPT);
  return `${letters.slice(0, longest - end - 1).join("")}…${letters.slice(-end).join("")}`;
}

/** How wide the letters are that have room before an "…", with it: what the browser shows of a cut line. */
export function cutWidth(text: string, room: number, measured: (text: string) => number): number {
  const width = (count: number): number => measured(`${text.slice(0, count)}…`);
  let [fits, over] = [0, text.length];
  while (over - fits > 1) {
    const middle = (fits + over) >> 1;
    if (width(middle) <= room) fits = middle;
    else over = middle;
  }
  return Math.min(room, width(fits));
}
