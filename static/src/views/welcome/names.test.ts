import assert from "node:assert/strict";
import { test } from "node:test";
import { namesIn } from "./names.ts";

test("what was pasted is names, each once, however it was divided", () => {
  const pasted = "anna@example.com, igor@example.com;\n  Ольга   Лебедева \n\nAnna@example.com,";
  assert.deepEqual(namesIn(pasted), ["Anna@example.com", "igor@example.com", "Ольга Лебедева"]);
});
