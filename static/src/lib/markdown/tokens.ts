// What Markdown means here: marked's tokens, for what people write to one another. Headings, tables,
// HTML and link definitions are no marks in a chat: `#`, `|`, `<b>` and `[Иван]:` are words as any.
// One rule holds for every text: what can be seen in it is seen, but for what marks something.

import { Marked, type MarkedToken, type Token, type Tokens } from "marked";
import { SAYS } from "../text.ts";
import { linkAtStart } from "./links.ts";

/** A mark that no tokenizer of marked reads. */
const none = (): undefined => undefined;
const DRAWN = /[^\s\p{C}]/u;
// Markers that a list draws as they are written: bullets, and numbers without a zero before them.
const DRAWN_MARKER = /^(?:[*+-]|(?:0|[1-9]\d{0,2})[.)])$/;
const MARKER = /^\s*([*+-]|\d{1,9}[.)])/;
// Before others a backslash is one (C:\new), and two are two (\\server).
const ESCAPED = /^\\([*_~`[\]@#<>+-]|\\)/;
// Read for its end only: what is indented below it is code. The server reads it likewise.
const HEADING = /^ {0,3}#{1,6}(?:[ \t][^\n]*)?(?:\n+|$)/;
const HARD_BREAK = /^(\\?) *\n[ \t]*/;

const reader = new Marked({
  gfm: true,
  breaks: true,
  tokenizer: {
    heading(source): Tokens.Heading | undefined {
      const raw = HEADING.exec(source)?.[0];
      if (raw === undefined) return undefined;
      const text = raw.trim();
      return { type: "heading", depth: 1, raw, text, tokens: this.lexer.inline(text) };
    },
    lheading: none,
    html: none,
    tag: none,
    table: none,
    def: none,
    reflink: none,
    escape(source): Tokens.Escape | undefined {
      const found = ESCAPED.exec(source);
      if (found === null) return undefined;
      const [raw, text = ""] = found;
      return { type: "escape", raw, text: text === "\\" ? raw : text };
    },
    br(source): Tokens.Br | undefined {
      const found = HARD_BREAK.exec(source);
      return found === null ? undefined : { type: "br", raw: found[0] };
    },
    url(source): Tokens.Link | undefined {
      const found = linkAtStart(source);
      if (found === null) return undefined;
      const raw = source.slice(0, found.to);
      return { type: "link", raw, text: raw, href: found.href, tokens: [words(raw)] };
    },
  },
});

// The lexer takes the square of a run of blank space, and texts from before the server bounded them
// may have a quarter of a million of it. What is longer than any message is shown as it was written.
const LONGEST = 40_000;
const BLANK = /[^\S\n]{200,}|(?:\n[^\S\n]*){20,}/g;

/** What is lexed: nothing blank at its ends, and long runs of it in between made short. */
function bounded(text: string): string {
  return text.trim().replace(BLANK, (run) => (run.includes("\n") ? "\n\n" : " "));
}

// One line in which nothing is, or could begin, a mark: most of what people write to one another.
const PLAIN = /^(?![#>+\-=|]|\d{1,9}[.)])[^\n\r\\*_~`[\]<>&|]+$/;
// What the lexer itself reads as an address; others are found in the words.
const ADDRESS = /:\/\/|www\.|\S@/i;

/** Whether a text is one run of words, so that no lexer is needed to say so. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text) && !ADDRESS.test(text);
}

/** Null where the text is words alone, or too long. */
export function tokensOf(text: string): Token[] | null {
  const trimmed = bounded(text);
  if (trimmed.length > LONGEST || !SAYS.test(trimmed)) return null;
  if (isPlain(trimmed)) {
    return [{ type: "paragraph", raw: trimmed, text: trimmed, tokens: [words(trimmed)] }];
  }
  return lexed(trimmed);
}

/** What the lexer makes of a text. */
export function lexed(trimmed: string): Token[] | null {
  try {
    return reader.lexer(trimmed);
  } catch {
    // Nesting beyond the stack: nothing that a person wrote.
    return null;
  }
}

/** Whether a token marks nothing: it is shown as it was written. */
export function hollow(token: MarkedToken): boolean {
  switch (token.type) {
    case "strong":
    case "em":
    case "del":
    case "link":
    case "blockquote":
      return !token.tokens.some(says);
    case "code":
    case "codespan":
      return !DRAWN.test(token.text);
    default:
      return false;
  }
}

/** How a list's item is marked, when it cannot be drawn as a list draws it. */
export function bareMarker(item: Tokens.ListItem): string | null {
  const marker = markerOf(item);
  const empty = !item.tokens.some(says);
  return empty || !DRAWN_MARKER.test(marker) ? marker : null;
}

/** The number of an ordered list's item, as written. */
export function numberOf(item: Tokens.ListItem): number {
  return Number.parseInt(markerOf(item), 10);
}

export function markerOf(item: Tokens.ListItem): string {
  return MARKER.exec(item.raw)?.[1] ?? "";
}

/** What a block of code says of itself behind its fence. */
export function languageOf(token: Tokens.Code): string {
  // What is indented has no fence: the first of its own lines may look like one.
  if (token.codeBlockStyle === "indented") return "";
  return /^\s*(?:`{3,}|~{3,})[ \t]*([^\n]*)/.exec(token.raw)?.[1]?.trim() ?? "";
}

function says(token: Token): boolean {
  return SAYS.test(token.raw);
}

function words(text: string): Tokens.Text {
  return { type: "text", raw: text, text, escaped: true };
}
