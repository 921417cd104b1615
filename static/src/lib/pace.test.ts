import assert from "node:assert/strict";
import { test } from "node:test";
import { givingWay, paced } from "./pace.ts";

test("a few at once, then one in a while", () => {
  let now = 1000;
  const pace = paced(3, 100, () => now);
  assert.deepEqual([pace.wait(), pace.wait(), pace.wait(), pace.wait()], [0, 0, 0, 100]);
  now += 60;
  assert.equal(pace.wait(), 40);
  now += 40;
  assert.deepEqual([pace.wait(), pace.wait()], [0, 100]);
  now += 10_000;
  assert.deepEqual([pace.wait(), pace.wait(), pace.wait(), pace.wait()], [0, 0, 0, 100]);
});

test("what is more pressing goes first, but not for ever", () => {
  let [now, busy] = [1000, true];
  const pace = givingWay(paced(1, 100, () => now), () => busy, 250, () => now);
  assert.equal(pace.wait(), 12);
  busy = false;
  assert.deepEqual([pace.wait(), pace.wait()], [0, 100]);
  now += 100;
  busy = true;
  assert.equal(pace.wait(), 12);
  now += 249;
  assert.equal(pace.wait(), 12);
  now += 1;
  assert.equal(pace.wait(), 0);
  // It is waited for anew.
  now += 100;
  assert.equal(pace.wait(), 12);
});
