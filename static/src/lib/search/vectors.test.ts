import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { piecesOf, VALUES, valueOf } from "./query.ts";
import { stemOf } from "./stem.ts";

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../../tests/vectors/${name}.json`, import.meta.url), "utf8")) as T;
}

const STEMS = read<Record<string, Record<string, string>>>("stems");
const OPERATORS = read<{ names: Record<string, string>; values: Record<string, Record<string, string>> }>("operators");

for (const [language, words] of Object.entries(STEMS)) {
  test(`client and server bring ${language} words to the same stems`, () => {
    const found = Object.fromEntries(Object.keys(words).map((word) => [word, stemOf(word)]));
    assert.deepEqual(found, words);
  });
}

test("client and server know the same operators", () => {
  const opOf = (name: string): string | null => {
    const [piece] = piecesOf(`${name}:x`);
    return piece?.kind === "filter" ? piece.op : null;
  };
  const names = Object.keys(OPERATORS.names).map((name) => [name, opOf(name)]);
  assert.deepEqual(Object.fromEntries(names), OPERATORS.names);
  for (const [op, values] of Object.entries(OPERATORS.values)) {
    const found = Object.keys(values).map((name) => [name, valueOf(op as keyof typeof VALUES, name)]);
    assert.deepEqual(Object.fromEntries(found), values);
  }
});
