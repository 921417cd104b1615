import assert from "node:assert/strict";
import { test } from "node:test";
import { clockOf } from "./player-times.ts";

test("times are short, and have hours only where there are some", () => {
  assert.equal(clockOf(0), "0:00");
  assert.equal(clockOf(7.9), "0:07");
  assert.equal(clockOf(750), "12:30");
  assert.equal(clockOf(3723), "1:02:03");
  assert.equal(clockOf(-1), "0:00");
});
