import assert from "node:assert/strict";
import { test } from "node:test";
import { type Format, formatted } from "./formatting.ts";

/** The text after a format, with ‹ › around what is selected; `given` says it the same way. */
function after(given: string, format: Format): string {
  const from = given.indexOf("‹");
  const to = given.indexOf("›") - 1;
  const text = given.replace(/[‹›]/g, "");
  const made = formatted(text, from, to, format);
  const [start, end] = made.selected;
  const { text: put } = made;
  return `${text.slice(0, made.start)}${put.slice(0, start)}‹${put.slice(start, end)}›${put.slice(end)}${text.slice(made.end)}`;
}

test("what is selected becomes bold, and plain again", () => {
  assert.equal(after("a ‹big› b", "bold"), "a **‹big›** b");
  assert.equal(after("a **‹big›** b", "bold"), "a ‹big› b");
  assert.equal(after("a ‹**big**› b", "bold"), "a ‹big› b");
});

test("spaces at the ends of a selection stay outside of the marks", () => {
  assert.equal(after("a‹ big ›b", "italic"), "a *‹big›* b");
});

test("italic inside bold is three stars, and either goes by itself", () => {
  assert.equal(after("**‹big›**", "italic"), "***‹big›***");
  assert.equal(after("***‹big›***", "italic"), "**‹big›**");
  assert.equal(after("***‹big›***", "bold"), "*‹big›*");
});

test("without a selection the caret stands between the marks", () => {
  assert.equal(after("a ‹›", "bold"), "a **‹›**");
});

test("each paragraph has its own marks", () => {
  assert.equal(after("‹one\ntwo\n\nthree›", "bold"), "**‹one\ntwo**\n\n**three›**");
});

test("a selection becomes the words of a link, an address its target", () => {
  assert.equal(after("‹see›", "link"), "[see](‹›)");
  assert.equal(after("‹https://example.com/a›", "link"), "[‹›](https://example.com/a)");
});
