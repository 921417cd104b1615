import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeChecklists, mergeLabels } from "./merge.ts";
import type { ChecklistItem } from "./types.ts";

/** `a b+ c:text`: an item for each word, ticked with a plus, its text after a colon. */
function list(text: string): ChecklistItem[] {
  return text.split(" ").filter(Boolean).map((word) => {
    const [id = "", said] = word.replace("+", "").split(":");
    return { id, text: said ?? id, done: word.includes("+") };
  });
}

function said(items: ChecklistItem[]): string {
  return items.map(({ id, text, done }) => id + (done ? "+" : "") + (text === id ? "" : `:${text}`)).join(" ");
}

const CASES: [string, string, string, string, string][] = [
  ["two tick different items", "a b c", "a+ b c", "a b c+", "a+ b c+"],
  ["one unticks what the other left", "a+ b", "a b", "a+ b+", "a b+"],
  ["both tick the same", "a b", "a+ b", "a+ b", "a+ b"],
  ["one renames, the other ticks", "a b", "a:new b", "a+ b", "a+:new b"],
  ["both add", "a", "a x", "a y", "a x y"],
  ["one adds, the other puts another first", "a b", "a x b", "b a", "b a x"],
  ["both put them into another order", "a b c", "c a b", "b a c", "c a b"],
  ["one removes what the other left", "a b", "b", "a b+", "b+"],
  ["one removes what the other has ticked", "a b", "b", "a+ b", "a+ b"],
  ["the other removes what one has renamed", "a b", "a:new b", "b", "a:new b"],
];

for (const [name, base, mine, theirs, wanted] of CASES) {
  test(`checklists: ${name}`, () => {
    const merged = mergeChecklists(list(base), list(mine), list(theirs));
    assert.deepEqual([said(merged.value), merged.clash], [wanted, false]);
  });
}

test("checklists: two texts for one item are for a person to decide, its tick is not", () => {
  const merged = mergeChecklists(list("a b"), list("a:mine b"), list("a+:theirs b+"));
  assert.deepEqual([said(merged.value), merged.clash], ["a+:mine b+", true]);
});

test("checklists: without a base nothing is lost and nothing unticked", () => {
  assert.equal(said(mergeChecklists(null, list("a b"), list("a+ c")).value), "a+ b c");
});

test("labels that one of the two has added or taken away", () => {
  assert.deepEqual(mergeLabels(["a", "b"], ["a", "x"], ["a", "b", "y"]), ["a", "y", "x"]);
  assert.deepEqual(mergeLabels(null, ["x"], ["a"]), ["a", "x"]);
});
