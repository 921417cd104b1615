import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { decide, isQuiet, type Posted, type Reader, type Verdict } from "./notify.ts";

const path = new URL("../../../tests/vectors/notify.json", import.meta.url);
type Situation = Posted & Omit<Reader, "user_id"> & { now: string; verdict: Verdict };
const situations = JSON.parse(readFileSync(path, "utf8")) as Situation[];

test("an open page decides as the server does", () => {
  assert.ok(situations.length > 40);
  for (const situation of situations) {
    const { now, verdict } = situation;
    const found = decide(situation, { ...situation, user_id: 1 }, Date.parse(now));
    assert.deepEqual(found, verdict, JSON.stringify(situation));
  }
});

test("a quiet night goes by the clock of one's own zone, also where it is put back", () => {
  const night = { start: "22:00", end: "08:00" };
  const quiet = (at: string): boolean => isQuiet(night, "Europe/Berlin", Date.parse(at));
  assert.deepEqual(["2026-10-24T19:59Z", "2026-10-24T20:00Z"].map(quiet), [false, true]);
  // The clocks go back by an hour: eight is an hour later.
  assert.deepEqual(["2026-10-25T06:59Z", "2026-10-25T07:00Z"].map(quiet), [true, false]);
});
