import assert from "node:assert/strict";
import { test } from "node:test";
import { amplitudesOf, HEIGHT, pathOf, resampled } from "./player-bars.ts";

test("amplitudes are the bytes of a waveform, and none of what is none", () => {
  assert.deepEqual(amplitudesOf(btoa("\x00\x80\xff")), [0, 128, 255]);
  for (const wrong of [null, undefined, "", "%%"]) assert.deepEqual(amplitudesOf(wrong), []);
});

test("fewer bars keep what is loud, more of them repeat", () => {
  assert.deepEqual(resampled([1, 9, 2, 3, 8, 0], 3), [9, 3, 8]);
  assert.deepEqual(resampled([5, 7], 4), [5, 5, 7, 7]);
  assert.deepEqual(resampled([], 3), [0, 0, 0]);
});

test("every bar is within the drawing, and the loudest fills it", () => {
  const path = pathOf([0, 255]);
  assert.equal(path, "M1 13v2M5 1v26");
  assert.ok(26 + 1 < HEIGHT);
});
