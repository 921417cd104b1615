import assert from "node:assert/strict";
import { test } from "node:test";
import type { TaskView } from "../../models/overlays/tasks.ts";
import { filtersOf, isFiltered, NO_FILTERS, passing, queryOf } from "./filters.ts";

const NOW = new Date(2026, 10, 21, 15, 0);
const TASK = {
  number: 7,
  title: "Ёлка для цеха",
  assigned_to: 2,
  labels: ["дизайн"],
  due: { date: "2026-11-21" },
} as TaskView;

test("filters survive the address", () => {
  const query = { mine: "1", person: "3", label: "дизайн", due: "soon", q: "стол" };
  assert.deepEqual(queryOf(filtersOf(query)), query);
});

test("an address that says nonsense filters nothing", () => {
  const filters = filtersOf({ mine: "yes", person: "-1", due: "never", other: "x" });
  assert.deepEqual(filters, NO_FILTERS);
  assert.equal(isFiltered(filters), false);
});

test("a card is shown when it meets every filter", () => {
  const shows = (query: Record<string, string>, own = 2): boolean =>
    passing(filtersOf(query), own, NOW)(TASK);
  assert.ok(shows({ mine: "1", label: "дизайн", due: "soon", q: "елка" }));
  assert.ok(shows({ q: "#7" }));
  assert.ok(!shows({ mine: "1" }, 3));
  assert.ok(!shows({ label: "дизайн", due: "overdue" }));
  assert.ok(!shows({ due: "none" }));
});
