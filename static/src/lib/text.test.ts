import assert from "node:assert/strict";
import { test } from "node:test";
import { cut, isSeen, lengthOf, turnsRound, wellFormed } from "./text.ts";

test("a text is cut between what people see as one", () => {
  assert.equal(cut("ab👨‍👩‍👧", 3), "ab");
  assert.equal(cut("ab👨‍👩‍👧c", 7), "ab👨‍👩‍👧");
  assert.equal(cut("a".repeat(199) + "😀b", 200), "a".repeat(199) + "😀");
  assert.equal(cut("a".repeat(200) + "😀", 200), "a".repeat(200));
});

test("what is cut has whole characters, and fits as the server counts", () => {
  for (const longest of [1, 2, 3, 5, 8]) {
    const kept = cut("я🇷🇺é😀".repeat(3), longest);
    assert.ok(kept.isWellFormed());
    assert.ok(lengthOf(kept) <= longest, kept);
  }
});

test("half of a pair is mended wherever it stands", () => {
  assert.deepEqual(wellFormed({ a: "x\ud800", b: [1, null, { c: "\udc00" }], d: "\0y" }), {
    d: "y",
    a: "x\ufffd",
    b: [1, null, { c: "\ufffd" }],
  });
});

test("a line turns round what is beside it only by an override", () => {
  assert.ok(turnsRound("Anna \u202etxt.exe") && turnsRound("\u202d7"));
  for (const line of ["Анна", "שלום", "\u2067שלום\u2069", "\u200f7"]) assert.ok(!turnsRound(line));
});

test("a name is seen when it has a sign that shows something", () => {
  for (const name of ["Анна", " 7 ", "🌳", "!"]) assert.ok(isSeen(name), name);
  for (const name of ["", "  ", "\u200b", "\u2800\u3164", "\u0301", "\u202e"]) assert.ok(!isSeen(name));
});
