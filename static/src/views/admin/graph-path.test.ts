import assert from "node:assert/strict";
import { test } from "node:test";
import { pathOf } from "./graph-path.ts";

test("an hour goes from left to right, from the bottom to the most", () => {
  const { line } = pathOf([0, ...Array.from({ length: 58 }, () => 5), 10], 10);
  assert.match(line, /^M0 38\.5L2\.03 20L/);
  assert.match(line, /L120 1\.5$/);
});

test("what began just now stands at the right, and a gap is a gap", () => {
  const { line, area } = pathOf([1, null, 1, 1], 1);
  assert.equal(line, "M113.9 1.5h0.01M117.97 1.5L120 1.5");
  assert.equal(area, "M113.9 40L113.9 1.5L113.9 40ZM117.97 40L117.97 1.5L120 1.5L120 40Z");
});

test("nothing at all is the bottom, and no minute no line", () => {
  assert.equal(pathOf([0, 0], 0).line, "M117.97 38.5L120 38.5");
  assert.deepEqual(pathOf([], 0), { line: "", area: "" });
});
