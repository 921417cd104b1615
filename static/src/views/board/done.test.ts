import assert from "node:assert/strict";
import { test } from "node:test";
import type { Task } from "../../models/types.ts";
import { isFull, NOTHING_ASKED, older } from "./done.ts";

const card = (id: number): Task => ({ id, closed_at: "2026-11-29T10:00:00.000Z" }) as Task;
const cards = (from: number, count: number): Task[] => Array.from({ length: count }, (_, at) => card(from + at));

test("a column asks for more once it holds as many done cards as come with a board", () => {
  assert.equal(isFull(cards(1, 49)), false);
  assert.equal(isFull(cards(1, 50)), true);
  assert.equal(isFull([...cards(1, 49), { id: 99, closed_at: null }]), false);
});

test("pages of cards that are here are passed by, and the list is gone on with where it was left", async () => {
  const pages = new Map([
    [null, { data: cards(1, 50), next: "b" }],
    ["b", { data: cards(51, 50), next: "c" }],
    ["c", { data: cards(101, 5), next: null }],
  ] as const);
  const asked: (string | null)[] = [];
  const ask = (next: string | null): Promise<{ data: Task[]; next: string | null }> => {
    asked.push(next);
    return Promise.resolve(pages.get(next as "b")!);
  };
  const first = await older(ask, new Set(cards(1, 50).map(({ id }) => id)), NOTHING_ASKED);
  assert.deepEqual([first.tasks[0]!.id, first.next, first.over], [51, "c", false]);
  const last = await older(ask, new Set(cards(1, 100).map(({ id }) => id)), first);
  assert.deepEqual([last.tasks.length, last.over], [5, true]);
  assert.deepEqual(asked, [null, "b", "c"]);
});
