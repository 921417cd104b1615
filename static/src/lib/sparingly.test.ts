import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../testing/clock.ts";
import { sparingly } from "./sparingly.ts";

test("what is told again and again is told now and then, the last of it in the end", async () => {
  const told: number[] = [];
  const soon = sparingly(100);
  let giveUp = (): void => {};
  for (let each = 1; each <= 50; each += 1) {
    giveUp();
    giveUp = soon(() => told.push(each));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await until(() => told.at(-1) === 50);
  assert.ok(told.length > 1 && told.length < 20, `${told.length} times`);
});
