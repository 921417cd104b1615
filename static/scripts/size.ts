// What a browser fetches of scripts, gzipped: for the first load, and to each screen opened by its
// address. Fails when the first load is over its budget, or a screen is in too many pieces.

import { readdirSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

// Another build may be named.
const DIST = process.argv[2]
  ? pathToFileURL(`${process.argv[2]}/`)
  : new URL("../dist/", import.meta.url);
const BUDGET_KB = 58;
const WORKER_KB = 12;
/** Each costs a slow device as much as some kilobytes. */
const PIECES = 12;

interface Chunk {
  file: string;
  src?: string;
  imports?: string[];
}

const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", DIST), "utf8")) as Record<
  string,
  Chunk
>;

/** The files of some entries with all that they import. */
function closure(entries: string[]): Set<string> {
  const files = new Set<string>();
  const add = (name: string): void => {
    const chunk = manifest[name];
    if (chunk === undefined) throw new Error(`${name} is not in the build`);
    if (files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const imported of chunk.imports ?? []) add(imported);
  };
  for (const entry of entries) add(entry);
  return files;
}

function kilobytes(files: Set<string>): number {
  let sum = 0;
  for (const file of files) sum += gzipSync(readFileSync(new URL(file, DIST)), { level: 9 }).length;
  return sum / 1000;
}

const outside = ["src/app/main.tsx"];
const signedIn = [...outside, "src/app/signed-in.tsx"];
const loads = new Map<string, number>();
for (const name of Object.keys(manifest)) {
  const screen = /^src\/views\/(\w+)\/index\.tsx$/.exec(name)?.[1];
  if (screen === undefined) continue;
  const files = closure([...(screen === "entry" ? outside : signedIn), name]);
  const size = kilobytes(files);
  loads.set(screen, size);
  console.log(`${size.toFixed(1).padStart(6)} kB  ${screen}, in ${files.size}`);
  if (files.size > PIECES) process.exitCode = 1;
}

// Nobody is signed in, or somebody is and sees the list of chats.
const first = Math.max(loads.get("entry") ?? Infinity, loads.get("chats") ?? Infinity);
console.log(`${first.toFixed(1).padStart(6)} kB  on first load, of ${BUDGET_KB}`);
if (first > BUDGET_KB) process.exitCode = 1;

// What searches a device is no entry of the list: a worker is known by its name alone.
const ASSETS = new URL("assets/", DIST);
const workers = readdirSync(ASSETS).filter((name) => /^search-worker.*\.js$/.test(name));
const [worker] = workers;
if (worker === undefined || workers.length > 1) throw new Error("the worker of the search was not built");
const searching = kilobytes(new Set([`assets/${worker}`]));
console.log(`${searching.toFixed(1).padStart(6)} kB  to search a device, of ${WORKER_KB}`);
if (searching > WORKER_KB) process.exitCode = 1;
