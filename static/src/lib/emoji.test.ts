import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { emojiKey } from "./emoji.ts";

const path = new URL("../../../tests/vectors/emoji.json", import.meta.url);

test("however an emoji is typed, it is one reaction, the same as for the server", () => {
  const { one } = JSON.parse(readFileSync(path, "utf8")) as { one: [string, string][] };
  for (const [written, kept] of one) assert.equal(emojiKey(written), kept, written);
});
