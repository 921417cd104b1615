import assert from "node:assert/strict";
import { test } from "node:test";
import { paced } from "./pace.ts";

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
