// What a row shows of a message: its words without the marks. The list is there before the parser of
// messages, which comes with the first chat; a row is too short for what only that would see. Pure.

import { calm, SAYS } from "../../lib/text.ts";

const FENCED = /^[ \t]*(`{3,}|~{3,})([^`\n]*)\n([\s\S]*?)(?:\n[ \t]*\1[ \t]*$|(?![\s\S]))/gm;
/** More than a row can show of it. */
const LOOKED_AT = 300;

export function previewOf(text: string): string {
  const said = text.slice(0, LOOKED_AT);
  const shown = withoutMarks(said);
  // Marks that mark nothing are what was said.
  return calm((SAYS.test(shown) ? shown : said).replace(/\s+/g, " ").trim());
}

function withoutMarks(text: string): string {
  return text
    .replace(FENCED, (whole, _fence, language: string, code: string) =>
      SAYS.test(code) ? `${language}\n${code}` : whole,
    )
    .replace(/^[ \t]*(?:>[ \t]?|[-*+][ \t]+)+(?=\S)/gm, "")
    .replace(/\[([^\]\n]*[^\s\]][^\]\n]*)\]\([^)\s]*\)/g, "$1")
    .replace(/(?<!`)(`+)(?!`)([^\n]*?[^`\n])\1(?!`)/g, "$2")
    .replace(/(\*\*|__|~~)(?=\S)(.*?\S)\1/g, unmarked)
    .replace(/(?<![\p{L}\p{N}*_])([*_])(?=\S)([^*_\n]*?\S)\1(?![\p{L}\p{N}*_])/gu, unmarked);
}

function unmarked(whole: string, _mark: string, inner: string): string {
  return SAYS.test(inner) ? inner : whole;
}
