import assert from "node:assert/strict";
import { test } from "node:test";
import type { TaskView } from "../../models/overlays/tasks.ts";
import { newTask } from "../../testing/rows.ts";
import { ALL, filtersOf, queryOf, readFrom, shownOf, type TaskFilters, writtenOf } from "./filters.ts";

const NOW = new Date(2026, 10, 18, 12);
const FILTERS: TaskFilters[] = [
  ALL,
  { ...ALL, due: "overdue", label: "срочно & важно" },
  { ...ALL, chat_id: 17, text: "счёт=5" },
];

test("filters are the same in an address, in a saved view and on the screen", () => {
  for (const filters of FILTERS) {
    assert.deepEqual(filtersOf(queryOf(filters)), filters);
    assert.deepEqual(readFrom(writtenOf(filters)), filters);
  }
  assert.deepEqual(filtersOf({ chat: "x", due: "sometime" }), ALL);
});

test("what is shown passes all of them", () => {
  const task = (id: number, fields: object): TaskView => ({ ...newTask(17, id), ...fields }) as unknown as TaskView;
  const tasks = [
    task(1, { labels: ["oak"], due: { date: "2026-11-17" } }),
    task(2, { labels: ["oak"], due: null }),
    task(3, { labels: ["oak"], due: { date: "2026-11-17" }, chat_id: 18 }),
  ];
  const ids = (filters: Partial<TaskFilters>): number[] => shownOf(tasks, { ...ALL, ...filters }, NOW).map(({ id }) => id);
  assert.deepEqual(ids({ label: "oak", due: "overdue", chat_id: 17 }), [1]);
  assert.deepEqual(ids({ label: "oak" }), [1, 2, 3]);
  assert.deepEqual(ids({ due: "none" }), [2]);
});
