import assert from "node:assert/strict";
import { test } from "node:test";
import { typedName } from "./typed-name.ts";

test("a name is completed where it would mention somebody", () => {
  for (const [before, name] of [
    ["@", ""],
    ["hi @an", "an"],
    ["первая\n@дм", "дм"],
    ["«@an", "an"],
    ["`a` @an", "an"],
    ["@anna.", "anna."],
  ] as const) {
    assert.equal(typedName(before), name, before);
  }
});

test("in code, in an address and in a word nothing is completed", () => {
  for (const before of ["`@an", "```\n@an", "~~~\nx\n@", "me@an", "a `b` `@", "https://a.example/@an"]) {
    assert.equal(typedName(before), null, before);
  }
});
