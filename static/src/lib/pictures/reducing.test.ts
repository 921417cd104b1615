import assert from "node:assert/strict";
import { test } from "node:test";
import { fitted, renamed, wanted } from "./reducing.ts";

test("a picture is fitted into its longest edge, and never grows", () => {
  assert.deepEqual(fitted({ width: 6000, height: 4000 }, 2560), { width: 2560, height: 1707 });
  assert.deepEqual(fitted({ width: 4000, height: 6000 }, 2560), { width: 1707, height: 2560 });
  assert.deepEqual(fitted({ width: 640, height: 480 }, 2560), { width: 640, height: 480 });
  assert.deepEqual(fitted({ width: 30_000, height: 1 }, 2560), { width: 2560, height: 1 });
});

test("what is small, moves, or is known to few stays as it is", () => {
  const large = { width: 6000, height: 4000 };
  assert.equal(wanted("image/jpeg", 5_000_000, large), "image/jpeg");
  assert.equal(wanted("image/png", 5_000_000, large), "image/webp");
  assert.equal(wanted("image/jpeg", 200_000, { width: 1280, height: 960 }), null);
  assert.equal(wanted("image/jpeg", 900_000, { width: 1280, height: 960 }), "image/jpeg");
  assert.equal(wanted("image/gif", 5_000_000, large), null);
  assert.equal(wanted("image/heic", 5_000_000, large), null);
  assert.equal(wanted("application/pdf", 5_000_000, large), null);
});

test("the ending of a name follows what was drawn", () => {
  assert.equal(renamed("IMG_1.JPG", "image/jpeg"), "IMG_1.JPG");
  assert.equal(renamed("Фото.от.12.png", "image/webp"), "Фото.от.12.webp");
  assert.equal(renamed("без окончания", "image/webp"), "без окончания.webp");
  assert.equal(renamed("схема.pdf", "application/pdf"), "схема.pdf");
});
