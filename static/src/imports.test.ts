// The rooms of the client and who may import whom: read from the sources, type-only and lazy imports
// included.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { test } from "node:test";

const ROOT = import.meta.dirname;
/** Each room, and those it may import. Tests may import all. */
const MAY: Record<string, readonly string[]> = {
  lib: [],
  models: ["lib"],
  views: ["lib", "models"],
  app: ["lib", "models", "views"],
  sw: [],
  testing: ["lib", "models"],
};
const IMPORT = /\b(?:from|import)\s*\(?\s*"(\.[^"]+\.tsx?)"/g;

const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => file.split(sep).join("/"));
const imports = new Map(files.map((file) => [file, importsOf(file)]));

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  return [...text.matchAll(IMPORT)].map(([, path = ""]) => {
    const found = resolve(ROOT, dirname(file), path);
    return relative(ROOT, found).split(sep).join("/");
  });
}

function room(file: string): string {
  return file.split("/")[0] ?? "";
}

/** The files of a circle that goes through one, if there is any. */
function circle(start: string): string[] {
  const came = new Map<string, string>();
  const waiting = [start];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    for (const next of imports.get(file) ?? []) {
      if (next === start) return [next, ...way(came, start, file)];
      if (came.has(next)) continue;
      came.set(next, file);
      waiting.push(next);
    }
  }
  return [];
}

function way(came: Map<string, string>, start: string, end: string): string[] {
  const files = [end];
  for (let file = end; file !== start; files.push(file)) file = came.get(file) ?? start;
  return files.reverse();
}

test("every import is found by this reader", () => {
  const edges = [...imports.values()].flat();
  assert.ok(edges.length > 800, `${edges.length} imports`);
  assert.deepEqual(edges.filter((file) => !imports.has(file)), []);
});

test("no file imports itself by a way round", () => {
  assert.deepEqual(files.map(circle).find((found) => found.length > 0) ?? [], []);
});

test("a room imports only what it may", () => {
  const wrong = files
    .filter((file) => file.includes("/") && !file.endsWith(".test.ts"))
    .flatMap((file) =>
      (imports.get(file) ?? [])
        .filter((other) => room(other) !== room(file) && !MAY[room(file)]?.includes(room(other)))
        .map((other) => `${file} > ${other}`),
    );
  assert.deepEqual(wrong, []);
});
