import assert from "node:assert/strict";
import { test } from "node:test";
import { plainText } from "../../lib/markdown.ts";
import { previewOf } from "./preview.ts";

const SAID = [
  "plain words, 2 * 3 * 4 and snake_case_names",
  "**bold**, *slanted*, ~~struck~~ and `code`",
  "see [the page](https://example.org/a_b) now",
  "> quoted\n\nand answered",
  "to do:\n\n- one\n- two",
  "```\nlet x = 1\n```",
  "**жирный** и _курсив_: https://example.org/a_b_c",
];

test("a row shows what the parser would make of a message, without the parser", () => {
  for (const text of SAID) assert.equal(previewOf(text), plainText(text));
});

test("of a long message only the beginning is looked at", () => {
  assert.ok(previewOf("word ".repeat(1000)).length <= 300);
});
