import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { justified } from "./justified.ts";

const lengths = (...ratios: number[]): number[] => justified(ratios).map((row) => row.length);
const height = (row: { ratio: number }[]): number => 1 / row.reduce((all, { ratio }) => all + ratio, 0);

test("two photos stand side by side, a third has the width of both", () => {
  assert.deepEqual(lengths(1.5, 1.5), [2]);
  assert.deepEqual(lengths(1.5, 1.5, 1.5), [1, 2]);
  assert.deepEqual(lengths(1.5, 1.5, 1.5, 1.5), [2, 2]);
  assert.deepEqual(lengths(1.5, 1.5, 1.5, 1.5, 1.5), [2, 3]);
});

test("upright photos share a row", () => {
  assert.deepEqual(lengths(0.75, 0.75, 0.75), [3]);
});

test("every picture is shown once and in order, in rows that are neither tall nor thin", () => {
  const ratio = fc.double({ min: 0.001, max: 1000, noNaN: true });
  fc.assert(
    fc.property(fc.array(ratio, { minLength: 1, maxLength: 10 }), (ratios) => {
      const rows = justified(ratios);
      assert.deepEqual(
        rows.flat().map(({ index }) => index),
        ratios.map((_, index) => index),
      );
      for (const row of rows) {
        assert.ok(row.length <= 4);
        assert.ok(height(row) <= 0.8 + 1e-9 && height(row) >= 0.1);
      }
    }),
  );
});
