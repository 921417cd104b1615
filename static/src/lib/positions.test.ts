import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { dice } from "../testing/dice.ts";
import { between, compare } from "./positions.ts";

type Vector = [low: string | null, high: string | null, expected?: string];

const path = new URL("../../../tests/vectors/positions.json", import.meta.url);
const vectors = JSON.parse(readFileSync(path, "utf8")) as { between: Vector[]; refused: Vector[] };

test("a position between two is between them, wherever one puts it", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const roll = dice(seed);
    const order: string[] = [];
    for (let count = 0; count < 300; count += 1) {
      const place = roll(3) === 0 ? 0 : roll(order.length + 1);
      const made = between(order[place - 1] ?? null, order[place] ?? null);
      order.splice(place, 0, made);
    }
    assert.deepEqual(order, [...order].sort(compare));
    assert.equal(new Set(order).size, order.length);
  }
});

test("room never runs out in one gap", () => {
  const low = between(null, null);
  let high = between(low, null);
  for (let count = 0; count < 500; count += 1) {
    const made = between(low, high);
    assert.ok(low < made && made < high);
    high = made;
  }
});

test("adding at an end stays short", () => {
  let last: string | null = null;
  let first: string | null = null;
  for (let count = 0; count < 5000; count += 1) {
    last = between(last, null);
    first = between(null, first);
  }
  assert.ok((last ?? "").length <= 4, `${last}`);
  assert.ok((first ?? "").length <= 4, `${first}`);
});

test("positions are those of the server", () => {
  for (const [low, high, expected] of vectors.between) {
    assert.equal(between(low, high), expected);
  }
});

test("an order that is none is refused, as the server does", () => {
  for (const [low, high] of vectors.refused) {
    assert.throws(() => between(low, high), RangeError, `${low}, ${high}`);
  }
});
