// Marks around what is selected in a text: bold, italic, a link. Knows the text alone, no field.

export type Format = "bold" | "italic" | "link";

/** What to put instead of the text from `start` to `end`, and what is then selected, from there. */
export interface Change {
  start: number;
  end: number;
  text: string;
  selected: [from: number, to: number];
}

const MARKS = { bold: "**", italic: "*" } as const;
const ADDRESS = /^(?:https?:\/\/|mailto:)\S+$/i;
/** Lines that follow each other: marks do not reach over an empty one. */
const PARAGRAPH = /[^\n]+(?:\n[^\n]+)*/g;

export function formatted(text: string, from: number, to: number, format: Format): Change {
  const chosen = text.slice(from, to);
  const inside = chosen.trim();
  // A mark beside a space is no mark: the selection is what is between the spaces.
  const start = inside === "" ? from : from + chosen.indexOf(inside);
  const end = start + inside.length;
  if (format === "link") return linked(inside, start, end);
  return marked(text, inside, start, end, MARKS[format]);
}

function linked(inside: string, start: number, end: number): Change {
  if (ADDRESS.test(inside)) return { start, end, text: `[](${inside})`, selected: [1, 1] };
  const from = inside.length + 3;
  return { start, end, text: `[${inside}]()`, selected: [from, from] };
}

function marked(text: string, inside: string, start: number, end: number, mark: string): Change {
  const size = mark.length;
  if (has(starsAround(inside), mark) && inside.length > 2 * size) {
    const bare = inside.slice(size, -size);
    return { start, end, text: bare, selected: [0, bare.length] };
  }
  const before = /\**$/.exec(text.slice(0, start))?.[0].length ?? 0;
  const after = /^\**/.exec(text.slice(end))?.[0].length ?? 0;
  if (inside !== "" && has(Math.min(before, after), mark)) {
    return { start: start - size, end: end + size, text: inside, selected: [0, inside.length] };
  }
  if (inside === "") return { start, end, text: mark + mark, selected: [size, size] };
  const made = inside.replace(PARAGRAPH, (part) => mark + part + mark);
  return { start, end, text: made, selected: [size, made.length - size] };
}

function starsAround(text: string): number {
  return Math.min(/^\**/.exec(text)?.[0].length ?? 0, /\**$/.exec(text)?.[0].length ?? 0);
}

/** One star at each end is italic, two are bold, three are both. */
function has(stars: number, mark: string): boolean {
  return mark.length === 2 ? stars >= 2 : stars === 1 || stars === 3;
}
