import assert from "node:assert/strict";
import { test } from "node:test";
import { levelOf, MOST, waveformOf } from "./voice-levels.ts";

const bytes = (waveform: string | null): number[] => [...atob(waveform ?? "")].map((c) => c.charCodeAt(0));

test("silence is 0, and nothing is louder than 1", () => {
  assert.equal(levelOf(new Float32Array(2048)), 0);
  assert.equal(levelOf(new Float32Array(8).fill(1)), 1);
  assert.ok(levelOf(new Float32Array(8).fill(0.25)) > 0.4);
});

test("a waveform has 64 bytes at the most, the loudest is 255, and no moment is lost", () => {
  const levels = Array.from({ length: 1000 }, () => 0.1);
  levels[777] = 0.4;
  const made = bytes(waveformOf(levels));
  assert.equal(made.length, MOST);
  assert.equal(Math.max(...made), 255);
  assert.equal(made.indexOf(255), Math.floor((777 * MOST) / 1000));
});

test("a short one has as many as there are, an hour does not fail, and there may be none", () => {
  assert.deepEqual(bytes(waveformOf([0.2, 0.4])), [128, 255]);
  assert.equal(bytes(waveformOf(Array.from({ length: 36_000 }, () => 0.3))).length, MOST);
  assert.equal(waveformOf([]), null);
});

test("what is silent stays flat", () => {
  assert.ok(Math.max(...bytes(waveformOf([0.001, 0.002, 0.001]))) < 16);
});
