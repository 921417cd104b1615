import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { mentionedIn } from "../markdown.ts";

interface Vector {
  text: string;
  names: string[];
}

const path = new URL("../../../../tests/vectors/mentions.json", import.meta.url);
const VECTORS = JSON.parse(readFileSync(path, "utf8")) as Vector[];

for (const { text, names } of VECTORS) {
  test(`client and server mean the same people: ${JSON.stringify(text)}`, () => {
    assert.deepEqual([...mentionedIn(text)].sort(), names);
  });
}
