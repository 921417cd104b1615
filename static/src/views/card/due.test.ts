import assert from "node:assert/strict";
import { test } from "node:test";
import { dayFor, dueDay, dueFrom, dueTime, nearness } from "./due.ts";

const SATURDAY = new Date(2026, 10, 21, 15, 0);

test("a day that is over is overdue, the present one is not", () => {
  assert.equal(nearness({ date: "2026-11-20" }, SATURDAY), "overdue");
  assert.equal(nearness({ date: "2026-11-21" }, SATURDAY), "today");
  assert.equal(nearness({ date: "2026-11-22" }, SATURDAY), "soon");
  assert.equal(nearness({ date: "2026-12-22" }, SATURDAY), "later");
});

test("a time of today that has passed is overdue", () => {
  const at = new Date(2026, 10, 21, 14, 59).toISOString();
  assert.equal(nearness({ at, zone: "UTC" }, SATURDAY), "overdue");
});

test("next week is its Monday, also on a Monday", () => {
  assert.equal(dayFor("next_week", SATURDAY), "2026-11-23");
  assert.equal(dayFor("next_week", new Date(2026, 10, 23)), "2026-11-30");
  assert.equal(dayFor("next_week", new Date(2026, 10, 22)), "2026-11-23");
});

test("a due date survives being shown and read again", () => {
  const due = dueFrom("2026-12-01", "09:30", "Europe/Moscow");
  assert.ok(due !== null);
  assert.deepEqual([dueDay(due), dueTime(due)], ["2026-12-01", "09:30"]);
  assert.deepEqual(dueFrom("2026-12-01", "", "UTC"), { date: "2026-12-01" });
  assert.equal(dueFrom("", "09:30", "UTC"), null);
});
