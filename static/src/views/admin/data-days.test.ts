import assert from "node:assert/strict";
import { test } from "node:test";
import type { JobRun } from "../../models/types.ts";
import { daysOf } from "./data-days.ts";

const NOW = new Date(2026, 10, 26, 12).getTime(); // a Thursday

function run(day: number, outcome: JobRun["outcome"], proven = true): JobRun {
  const at = new Date(2026, 10, day, 5, 10).toISOString();
  return {
    id: day, job: "backup", due: at, by: null, started_at: at, ended_at: at, duration_ms: 1,
    outcome, progress: null, step: null, error: null, details: { proven },
  };
}

test("weeks begin on Monday, and end today", () => {
  const days = daysOf([], NOW, 2);
  assert.equal(days.length, 11);
  assert.deepEqual([new Date(days[0]!.at).getDay(), new Date(days.at(-1)!.at).getDate()], [1, 26]);
  assert.ok(days.every((day) => day.state === "none"));
});

test("a day is as good as its best run; days without one are missing, but for the present one", () => {
  const runs = [run(21, "done"), run(22, "failed"), run(22, "done"), run(23, "done", false), run(25, "lost")];
  const states = daysOf(runs, NOW, 1).map((day) => day.state);
  assert.deepEqual(states, ["unproven", "missing", "missing", "none"]);
  assert.deepEqual(daysOf(runs, NOW, 2).slice(3, 7).map((day) => day.state), ["none", "none", "proven", "proven"]);
});

test("a run that goes on says nothing of its day yet", () => {
  assert.equal(daysOf([run(26, null)], NOW, 1).at(-1)?.state, "none");
});
