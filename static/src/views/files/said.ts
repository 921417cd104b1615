// What a message says in a line: its words, or its files where it has none.

import type { Words } from "../../lib/locale.ts";
import { plainText } from "../../lib/markdown.ts";
import type { ShownFile } from "./shown.ts";
import { wordsOfFiles } from "./words.ts";

export function saidIn({ text, files }: { text: string; files: readonly ShownFile[] }, words: Words): string {
  return text === "" ? wordsOfFiles(files, words) : plainText(text);
}
