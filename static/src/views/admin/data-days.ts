// The days of a job, as a calendar shows them: whether each has a run that came to a good end.

import type { JobRun } from "../../models/types.ts";

export type DayState = "proven" | "unproven" | "missing" | "none";

export interface Day {
  /** Its first moment, where one is. */
  at: number;
  state: DayState;
}

const WEEK = 7;

/** So many whole weeks up to now, the oldest first, from a Monday on; no days to come. */
export function daysOf(runs: readonly JobRun[], now: number, weeks: number): Day[] {
  const today = midnight(now);
  const weekday = (new Date(today).getDay() + 6) % WEEK;
  const best = new Map<number, DayState>();
  let first = Infinity;
  for (const run of runs) {
    const day = midnight(Date.parse(run.started_at));
    first = Math.min(first, day);
    const state = stateOf(run);
    if (rank(state) > rank(best.get(day) ?? "none")) best.set(day, state);
  }
  const days: Day[] = [];
  for (let back = (weeks - 1) * WEEK + weekday; back >= 0; back--) {
    const at = shifted(today, -back);
    const known = best.get(at);
    const passed = at > first && at < today;
    days.push({ at, state: known ?? (passed ? "missing" : "none") });
  }
  return days;
}

function stateOf(run: JobRun): DayState {
  if (run.outcome === null) return "none";
  if (run.outcome !== "done") return "missing";
  return run.details?.["proven"] === false ? "unproven" : "proven";
}

function rank(state: DayState): number {
  return ["none", "missing", "unproven", "proven"].indexOf(state);
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** By the calendar: a day of summer time has 23 or 25 hours. */
function shifted(at: number, days: number): number {
  const date = new Date(at);
  return date.setDate(date.getDate() + days);
}
