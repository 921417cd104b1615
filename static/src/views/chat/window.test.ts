import assert from "node:assert/strict";
import { test } from "node:test";
import { around, atEnd, beyond, FOLLOWED, following, MOST, newer, older, type Run, shownOf, standing } from "./window.ts";

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

test("as many leave above the end as come, a few at a time", () => {
  let run: Run = { first: many[900 - 200]?.seq ?? null, last: null };
  const sizes: number[] = [];
  for (let step = 0; step < 10; step += 1) {
    run = following(many, run, FOLLOWED);
    sizes.push(shownOf(many, run).length);
  }
  assert.deepEqual(sizes.slice(0, 2), [176, 152]);
  assert.equal(sizes.at(-1), FOLLOWED);
  assert.equal(following(many, run, FOLLOWED), run);
  const burst = following(many, { first: many[0]?.seq ?? null, last: null }, FOLLOWED);
  assert.equal(shownOf(many, burst).length, FOLLOWED);
});

test("what comes below is not drawn for who stands far above", () => {
  const run: Run = { first: many[780]?.seq ?? null, last: null };
  assert.equal(standing(many, run, FOLLOWED, 1800), run);
  const more = [...many, { seq: 2000 }];
  const stood = standing(more, run, FOLLOWED, 1800);
  assert.equal(shownOf(more, stood).at(-1)?.seq, 1800);
  assert.equal(newer(more, stood).last, null);
  const few: Run = { first: many[890]?.seq ?? null, last: null };
  assert.equal(standing(more, few, FOLLOWED, 1800), few);
});

test("a run that is gone is the end again", () => {
  assert.equal(shownOf(many, { first: 90_000, last: 90_100 }).at(-1)?.seq, 1800);
});

test("a few messages are shown as they are", () => {
  const few = many.slice(0, 3);
  assert.equal(shownOf(few, atEnd(few)), few);
  assert.deepEqual(older(few, atEnd(few)), atEnd(few));
});

test("of messages with pictures fewer are drawn at once", () => {
  const albums = many.map(({ seq }) => ({ seq, files: [{ mime: "image/jpeg" }] }));
  const run = atEnd(albums);
  assert.equal(shownOf(albums, run).length, 6);
  assert.equal(shownOf(albums, older(albums, run)).length, 9);
  const mixed = [...many.slice(0, 890), ...albums.slice(890)];
  assert.equal(shownOf(mixed, atEnd(mixed)).length, 6);
  const rows = many.map(({ seq }) => ({ seq, files: [{ mime: "application/pdf" }] }));
  assert.equal(shownOf(rows, atEnd(rows)).length, 24);
});
