import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { renderMarkdown } from "../markdown.ts";
import { folded } from "../text.ts";

interface Vector {
  text: string;
  names: string[];
}

const path = new URL("../../../../tests/vectors/mentions.json", import.meta.url);
const VECTORS = JSON.parse(readFileSync(path, "utf8")) as Vector[];

for (const { text, names } of VECTORS) {
  test(`client and server mean the same people: ${JSON.stringify(text)}`, () => {
    const meant = new Set<string>();
    const mention = (name: string): { href: string; own: boolean } => {
      meant.add(folded(name));
      return { href: "/", own: false };
    };
    renderMarkdown(text, { mention });
    assert.deepEqual([...meant].sort(), names);
  });
}
