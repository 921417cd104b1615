import assert from "node:assert/strict";
import { test } from "node:test";
import { squareUrl } from "./addresses.ts";

const FILE = { id: "f", name: "f.jpg", mime: "image/jpeg", size: 1 };

test("a square takes the larger picture of a panorama only", () => {
  assert.match(squareUrl({ ...FILE, width: 6000, height: 700 }), /size=1600$/);
  assert.match(squareUrl({ ...FILE, width: 700, height: 6000 }), /size=1600$/);
  assert.equal(squareUrl({ ...FILE, width: 1600, height: 1200 }), "/api/v1/files/f/preview?size=320");
  assert.equal(squareUrl(FILE), "/api/v1/files/f/preview?size=320");
});
