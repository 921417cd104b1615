import assert from "node:assert/strict";
import { test } from "node:test";
import { enlarged, enlargement, middle, moved, sideOf, square } from "./avatar-frame.ts";

const WIDE = { width: 2000, height: 1000 };

test("at first the middle is in the frame, as much as fits", () => {
  assert.deepEqual(middle(WIDE), { left: 500, top: 0, side: 1000 });
  assert.deepEqual(square(middle(WIDE), WIDE), { x: 0.25, y: 0, size: 1 });
});

test("it is moved as far as the picture goes", () => {
  assert.deepEqual(moved(middle(WIDE), WIDE, 100, 50), { left: 600, top: 0, side: 1000 });
  assert.deepEqual(moved(middle(WIDE), WIDE, 9000, 0), { left: 1000, top: 0, side: 1000 });
  assert.deepEqual(moved(middle(WIDE), WIDE, -9000, -9000), { left: 0, top: 0, side: 1000 });
});

test("enlarged about a point, that point stays where it is", () => {
  const frame = enlarged(middle(WIDE), WIDE, 2, { x: 0.25, y: 0.75 });
  assert.deepEqual(frame, { left: 625, top: 375, side: 500 });
  assert.equal(500 + 0.25 * 1000, frame.left + 0.25 * frame.side);
  assert.equal(0.75 * 1000, frame.top + 0.75 * frame.side);
});

test("it is enlarged eight times at the most, and reduced to what fits", () => {
  assert.equal(enlarged(middle(WIDE), WIDE, 100).side, 125);
  assert.deepEqual(enlarged(moved(middle(WIDE), WIDE, 9000, 0), WIDE, 0.1), { left: 1000, top: 0, side: 1000 });
  const small = { width: 100, height: 40 };
  assert.equal(enlarged(middle(small), small, 5).side, 40);
});

test("how far it is enlarged is told in even steps, and leads back", () => {
  for (const part of [0, 0.25, 0.5, 1]) {
    const side = sideOf(WIDE, part);
    assert.ok(Math.abs(enlargement({ left: 0, top: 0, side }, WIDE) - part) < 1e-9);
  }
  assert.equal(sideOf(WIDE, 0), 1000);
  assert.equal(sideOf(WIDE, 1), 125);
  assert.equal(enlargement(middle({ width: 40, height: 40 }), { width: 40, height: 40 }), 0);
});

test("what the server gets is within the picture", () => {
  const size = { width: 3, height: 7 };
  const { x, y, size: side } = square(moved(middle(size), size, 9, 9), size);
  assert.deepEqual([x, side], [0, 1]);
  assert.ok(y >= 0 && y <= 1);
});
