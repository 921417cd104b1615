import assert from "node:assert/strict";
import { test } from "node:test";
import { linkedPlace } from "./linked.ts";

const LOADS: [string, string, string, string, boolean, string | null][] = [
  ["a link in a mail", "/chat/17/341", "navigate", "", false, "/chat/17/341"],
  ["a link of another site", "/task/5?x=1", "navigate", "https://wiki.example/a", false, "/task/5"],
  ["a board", "/board/17?label=2", "navigate", "", false, "/board/17"],
  ["a reload", "/chat/17", "reload", "", false, null],
  ["a way back", "/chat/17", "back_forward", "", false, null],
  ["a link of the client's own", "/chat/17", "navigate", "https://chat.example/settings", false, null],
  ["the installed client", "/chat/17", "navigate", "", true, null],
  ["no place of anybody's", "/settings", "navigate", "", false, null],
  ["the beginning", "/", "navigate", "", false, null],
];

for (const [what, path, type, referrer, standalone, place] of LOADS) {
  test(`${what} is ${place ?? "no link to hand over"}`, () => {
    assert.equal(linkedPlace({ name: `https://chat.example${path}`, type }, referrer, standalone), place);
  });
}

test("a browser that says nothing hands nothing over", () => assert.equal(linkedPlace(undefined, "", false), null));
