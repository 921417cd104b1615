import assert from "node:assert/strict";
import { test } from "node:test";
import type { ColumnView, TaskView } from "../../models/overlays/tasks.ts";
import { cardAfter, type Lift, lifted, spotOf, stepped } from "./lift.ts";

const task = (id: number): TaskView => ({ id }) as TaskView;
const column = (...ids: number[]): ColumnView => ({ column: {} as never, tasks: ids.map(task) });
const COLUMNS = [column(1, 2, 3), column(4), column()];
const ids = (columns: ColumnView[]): number[][] =>
  columns.map(({ tasks }) => tasks.map(({ id }) => id));

function hold(id: number): Lift {
  const at = spotOf(COLUMNS, id);
  assert.ok(at !== null);
  return { task: task(id), from: at, at };
}

test("a card goes down past one card at a time and stops at the end", () => {
  const lift = hold(2);
  const at = stepped(COLUMNS, lift, "down");
  assert.deepEqual(ids(lifted(COLUMNS, { ...lift, at })), [[1, 3, 2], [4], []]);
  assert.deepEqual(stepped(COLUMNS, { ...lift, at }, "down"), at);
});

test("a card goes into the next column, no lower than its end", () => {
  const lift = hold(3);
  const at = stepped(COLUMNS, lift, "right");
  assert.deepEqual(ids(lifted(COLUMNS, { ...lift, at })), [[1, 2], [4, 3], []]);
  assert.deepEqual(stepped(COLUMNS, hold(1), "left"), { column: 0, index: 0 });
});

test("dropped among shown cards it keeps its place among hidden ones", () => {
  const all = [1, 2, 3, 4].map(task);
  const shown = [1, 3].map(task);
  assert.equal(cardAfter(all, shown, 1, 9), 3);
  assert.equal(cardAfter(all, shown, 2, 9), 4);
  assert.equal(cardAfter(all, shown, 2, 4), null);
  assert.equal(cardAfter(all, [], 0, 9), null);
});
