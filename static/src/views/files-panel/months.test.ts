import assert from "node:assert/strict";
import { test } from "node:test";
import { byMonth } from "./months.ts";

const NOW = new Date(2026, 10, 29).getTime();
const at = (year: number, month: number, day: number) => new Date(year, month, day, 12).toISOString();
const itself = (moment: string): string => moment;

test("what is of one month stands together, the year where it is another", () => {
  const items = [at(2026, 10, 28), at(2026, 10, 1), at(2026, 4, 9), at(2025, 10, 30)];
  const titles = byMonth(items, itself, "ru", NOW).map(({ title, items: { length } }) => [title, length]);
  assert.deepEqual(titles, [["Ноябрь", 2], ["Май", 1], ["Ноябрь 2025", 1]]);
  assert.equal(byMonth(items, itself, "en", NOW).at(-1)?.title, "November 2025");
});

test("a month stands once, also where what is of it does not stand together", () => {
  const items = [at(2026, 9, 9), at(2026, 10, 8), at(2026, 9, 1)];
  const counts = byMonth(items, itself, "en", NOW).map(({ title, items: { length } }) => [title, length]);
  assert.deepEqual(counts, [["October", 2], ["November", 1]]);
});
