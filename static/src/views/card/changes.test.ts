import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistoryEntry } from "../../models/types.ts";
import { sentencesOf } from "./changes.ts";

const NAMES = {
  person: (id: number) => `person ${id}`,
  column: (id: number) => (id === 9 ? null : `column ${id}`),
  due: (due: object) => Object.values(due).join(" "),
};

function keys(type: string, changes: HistoryEntry["changes"], by = 1): string[] {
  const entry = { seq: 1, at: "2026-11-21T10:00:00.000Z", by, type, changes };
  return sentencesOf(entry, NAMES).map(({ key }) => key);
}

test("a move into the column for what is done is told once", () => {
  const changes = [
    { field: "column_id", old: 1, new: 2 },
    { field: "position", old: "a0", new: "a1" },
    { field: "status", old: "open", new: "done" },
  ];
  assert.deepEqual(keys("task.moved", changes), ["card.did.moved"]);
});

test("putting away is not told as a move", () => {
  const changes = [
    { field: "column_id", old: 1, new: null },
    { field: "position", old: "a0", new: null },
    { field: "archived_at", old: null, new: "2026-11-21T10:00:00.000Z" },
  ];
  assert.deepEqual(keys("task.updated", changes), ["card.did.archived"]);
});

test("a column that is gone has no name to tell", () => {
  const changes = [{ field: "column_id", old: 1, new: 9 }];
  assert.deepEqual(keys("task.moved", changes), ["card.did.moved_away"]);
});

test("taking a task oneself is not being given it", () => {
  assert.deepEqual(keys("task.updated", [{ field: "assigned_to", old: null, new: 1 }]), ["card.did.took"]);
  assert.deepEqual(keys("task.updated", [{ field: "assigned_to", old: null, new: 2 }]), ["card.did.assigned"]);
});

test("a checklist tells which item was ticked, added and taken away", () => {
  const item = (id: string, done = false) => ({ id, text: id, done });
  const old = [item("a"), item("b")];
  const tell = (now: object[]): string[] =>
    keys("task.updated", [{ field: "checklist", old, new: now }]);
  assert.deepEqual(tell([item("a", true), item("b"), item("c")]), ["card.did.item_done", "card.did.item_added"]);
  assert.deepEqual(tell([item("b")]), ["card.did.item_removed"]);
  assert.deepEqual(tell([item("b"), item("a")]), ["card.did.items_ordered"]);
});

test("files are told by their names, many by their number, and a cover only where it changes alone", () => {
  const cover = { field: "cover_file_id", old: null, new: "f1" };
  const tell = (old: string[], now: string[], ...more: HistoryEntry["changes"]): string[] =>
    keys("task.updated", [{ field: "files", old, new: now }, ...more]);
  assert.deepEqual(tell([], ["a", "b"], cover), ["card.did.file_attached", "card.did.file_attached"]);
  assert.deepEqual(tell([], ["a", "b", "c", "d"]), ["card.did.files_attached"]);
  assert.deepEqual(tell(["a"], [], { ...cover, old: "f1", new: null }), ["card.did.file_removed"]);
  assert.deepEqual(keys("task.updated", [cover]), ["card.did.covered"]);
});
