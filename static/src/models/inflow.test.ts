import assert from "node:assert/strict";
import { test } from "node:test";
import { paced, unpaced } from "../lib/pace.ts";
import { until } from "../testing/clock.ts";
import { Inflow } from "./inflow.ts";

test("what comes while something is applied is applied together, in order", async () => {
  const taken: number[][] = [];
  const inflow = new Inflow<number>(async (items) => void taken.push(items), unpaced);
  for (const each of [1, 2, 3]) inflow.take([each]);
  await inflow.settled();
  assert.deepEqual(taken, [[1], [2, 3]]);
});

test("of a flood little is applied at once, and all of it in the end", async () => {
  const taken: number[][] = [];
  const pace = paced(2, 50, () => performance.now());
  const inflow = new Inflow<number>(async (items) => void taken.push(items), pace);
  for (let each = 1; each <= 40; each += 1) {
    inflow.take([each]);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await until(() => taken.flat().length === 40);
  assert.deepEqual(taken.flat(), [...Array(40).keys()].map((at) => at + 1));
  assert.deepEqual(taken.slice(0, 2), [[1], [2]]);
  assert.ok(taken.length < 20, `${taken.length} times`);
});

test("who has to know waits for no rest", async () => {
  const taken: number[][] = [];
  const inflow = new Inflow<number>(async (items) => void taken.push(items), paced(1, 60_000, () => performance.now()));
  inflow.take([1]);
  await inflow.settled();
  inflow.take([2]);
  assert.deepEqual(taken, [[1]]);
  await inflow.settled();
  assert.deepEqual(taken, [[1], [2]]);
});

test("what was let go of is not applied", async () => {
  const taken: number[][] = [];
  const inflow = new Inflow<number>(async (items) => void taken.push(items), paced(1, 5, () => performance.now()));
  inflow.take([1]);
  inflow.take([2]);
  inflow.clear();
  inflow.take([3]);
  await until(() => taken.flat().includes(3));
  assert.deepEqual(taken.flat(), [1, 3]);
});
