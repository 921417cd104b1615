// What is taken for plain words is what the lexer would make of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isPlain, lexed, tokensOf } from "./tokens.ts";

const PARTS = [
  ..."abc XYZ ж 7 12 . , ! ? : ; - — + = # | > ( ) [ ] * _ ~ ` \\ < & @ / \" '".split(" "),
  ..."  |\t|\u00a0|\n|1. |2) |- |+ |# |#17|--|===|www.|ftp://|https://|a@b.ru|mailto:|@anna|&amp;|    ".split("|"),
];
const RUNS = Number(process.env["RUNS"] ?? 3000);

interface Inner {
  type: string;
  text: string;
}

test("what is plain is one paragraph of words for the lexer too", () => {
  let plain = 0;
  const texts = fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(texts, (parts) => {
      const text = parts.join("").trim();
      if (text === "" || !isPlain(text)) return;
      plain += 1;
      const found = lexed(text) ?? [];
      assert.deepEqual(
        found.map(({ type, raw }) => ({ type, raw })),
        [{ type: "paragraph", raw: text }],
      );
      const inner = (found[0] as unknown as { tokens: Inner[] }).tokens;
      assert.ok(inner.every(({ type }) => type === "text"));
      assert.equal(inner.map((token) => token.text).join(""), text);
    }),
    { numRuns: RUNS },
  );
  assert.ok(plain > RUNS / 50, `${plain} of them`);
});

test("what people write is mostly plain, and read without the lexer", () => {
  for (const text of ["Привет! Как дела?", "See you at 10:30, then (or later).", "@anna, see #17 please"]) {
    assert.ok(isPlain(text), text);
    assert.equal(tokensOf(text)?.length, 1);
  }
  for (const text of ["**bold**", "1. one", "- a", "https://a.example", "one\ntwo", "a@b.ru"]) {
    assert.ok(!isPlain(text), text);
  }
});
