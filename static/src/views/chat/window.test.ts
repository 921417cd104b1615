import assert from "node:assert/strict";
import { test } from "node:test";
import { around, atEnd, beyond, MOST, newer, older, type Run, shownOf } from "./window.ts";

const many = Array.from({ length: 900 }, (_, index) => ({ seq: (index + 1) * 2 }));

test("the end is followed when messages come", () => {
  const run = atEnd(many);
  assert.equal(shownOf(many, run).at(-1)?.seq, 1800);
  assert.equal(shownOf([...many, { seq: 2000 }], run).at(-1)?.seq, 2000);
});

test("going up adds older ones and lets go of the newest, never more than is kept", () => {
  let run: Run = atEnd(many);
  for (let step = 0; step < 30; step += 1) run = older(many, run);
  const shown = shownOf(many, run);
  assert.equal(shown.length, MOST);
  assert.equal(shown[0]?.seq, (900 - 24 - 30 * 12) * 2 + 2);
  assert.deepEqual(beyond(many, run), { older: true, newer: true });
});

test("the run stays where it is when older messages are put before it", () => {
  const run = older(many, atEnd(many));
  const before = shownOf(many, run);
  const after = shownOf([{ seq: 1 }, ...many], run);
  assert.deepEqual(after, before);
});

test("going down to the end follows it again", () => {
  let run = around(many, 900);
  for (let step = 0; step < 50; step += 1) run = newer(many, run);
  assert.equal(run.last, null);
});

test("a run that is gone is the end again", () => {
  assert.equal(shownOf(many, { first: 90_000, last: 90_100 }).at(-1)?.seq, 1800);
});

test("a few messages are shown as they are", () => {
  const few = many.slice(0, 3);
  assert.equal(shownOf(few, atEnd(few)), few);
  assert.deepEqual(older(few, atEnd(few)), atEnd(few));
});
