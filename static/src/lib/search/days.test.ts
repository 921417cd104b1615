import assert from "node:assert/strict";
import { test } from "node:test";
import { spanOf } from "./days.ts";

/** A Wednesday. */
const NOW = new Date(2026, 10, 18, 15, 30);

const DAYS: [said: string, from: string, to: string][] = [
  ["сегодня", "2026-11-18", "2026-11-19"],
  ["Yesterday", "2026-11-17", "2026-11-18"],
  ["неделя", "2026-11-16", "2026-11-23"],
  ["month", "2026-11-01", "2026-12-01"],
  ["год", "2026-01-01", "2027-01-01"],
  ["пятницу", "2026-11-13", "2026-11-14"],
  ["wednesday", "2026-11-18", "2026-11-19"],
  ["2026-03-05", "2026-03-05", "2026-03-06"],
  ["2025", "2025-01-01", "2026-01-01"],
  ["2025-02", "2025-02-01", "2025-03-01"],
  ["5.3.25", "2025-03-05", "2025-03-06"],
  ["05.12", "2025-12-05", "2025-12-06"],
  ["март", "2026-03-01", "2026-04-01"],
  ["5 марта 2024", "2024-03-05", "2024-03-06"],
  ["March 5", "2026-03-05", "2026-03-06"],
  ["декабря", "2025-12-01", "2026-01-01"],
];

function day(at: number): string {
  const date = new Date(at);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

for (const [said, from, to] of DAYS) {
  test(`${said} is a span of days`, () => {
    const span = spanOf(said, NOW);
    assert.deepEqual(span && [day(span.from), day(span.to)], [from, to]);
  });
}

for (const said of ["", "когда-нибудь", "31.02", "5 5 марта", "99.99", "2026-13"]) {
  test(`${JSON.stringify(said)} is no day`, () => assert.equal(spanOf(said, NOW), null));
}
