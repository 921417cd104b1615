// What a row shows of a message: its words without the marks. The list is there before the parser of
// messages, which comes with the first chat; a row is too short for what only that would see. Pure.

/** More than a row can show of it. */
const LOOKED_AT = 300;

export function previewOf(text: string): string {
  return text
    .slice(0, LOOKED_AT)
    .replace(/^[ \t]*(?:```|~~~)[^\n]*$/gm, " ")
    .replace(/^[ \t]*(?:>[ \t]?|[-*+][ \t]+)+/gm, "")
    .replace(/\[([^\]\n]*)\]\([^)\s]*\)/g, "$1")
    .replace(/(\*\*|__|~~|`)(?=\S)(.*?\S)\1/g, "$2")
    .replace(/(?<![\p{L}\p{N}*_])([*_])(?=\S)([^*_\n]*?\S)\1(?![\p{L}\p{N}*_])/gu, "$2")
    .replace(/\s+/g, " ")
    .trim();
}
