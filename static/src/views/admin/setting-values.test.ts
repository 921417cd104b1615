import assert from "node:assert/strict";
import { test } from "node:test";
import { fromMegabytes, megabytes, rateOf } from "./setting-values.ts";

test("sizes are read and written in megabytes", () => {
  for (const [bytes, typed] of [
    ["10485760", "10"],
    ["0", "0"],
    ["1572864", "1.5"],
    ["1073741824", "1024"],
  ] as const) {
    assert.equal(megabytes(bytes), typed);
    assert.equal(fromMegabytes(typed), bytes);
  }
});

test("a rate is a count and seconds", () => {
  assert.deepEqual(rateOf("20/10s"), ["20", "10"]);
});
