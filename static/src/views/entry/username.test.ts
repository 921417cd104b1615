import assert from "node:assert/strict";
import { test } from "node:test";
import { usernameFrom } from "./username.ts";

test("a Russian name becomes a Latin user name", () => {
  assert.equal(usernameFrom("Анна Щукина"), "anna.schukina");
});

test("accents, signs and spaces around are left out", () => {
  assert.equal(usernameFrom("  José  O'Neil! "), "jose.oneil");
});

test("a name of other letters suggests nothing", () => {
  assert.equal(usernameFrom("李雷"), "");
});

test("a long name is cut without a dot at its end", () => {
  assert.equal(usernameFrom(`${"a".repeat(31)} b`), "a".repeat(31));
});
