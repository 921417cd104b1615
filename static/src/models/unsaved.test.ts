import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeMemory } from "../testing/memory.ts";
import { Unsaved } from "./unsaved.ts";

function stage() {
  const memory = new FakeMemory();
  const of = (user_id: number): Unsaved => new Unsaved(memory, user_id, () => 5);
  return { memory, of };
}

test("what was typed is there for the same person, and for nobody else", () => {
  const { of } = stage();
  of(1).keep("task.7.description", "half a thought", { version: 3 });
  assert.deepEqual(of(1).of("task.7.description"), { text: "half a thought", base: { version: 3 }, at: 5 });
  assert.equal(of(2).of("task.7.description"), null);
});

test("what was saved is forgotten, and nothing is left behind", () => {
  const { memory, of } = stage();
  of(1).keep("a", "x");
  of(1).drop("a");
  assert.deepEqual([...memory.held.keys()], []);
});

test("two tabs do not undo each other's", () => {
  const { of } = stage();
  const [one, other] = [of(1), of(1)];
  one.keep("a", "first");
  other.keep("b", "second");
  one.keep("c", "third");
  assert.deepEqual(["a", "b", "c"].map((key) => other.of(key)?.text), ["first", "second", "third"]);
});

test("a task's words follow it when it gets its number", () => {
  const { of } = stage();
  of(1).keep("task.-5.title", "x");
  of(1).rename("task.-5.", "task.12.");
  assert.deepEqual([of(1).of("task.-5.title"), of(1).of("task.12.title")?.text], [null, "x"]);
});

test("of a session that was ended one's own words stay, what one saw does not", () => {
  const { memory, of } = stage();
  of(1).keep("a", "mine", { version: 2, description: "bob's" });
  of(1).keepWords();
  assert.deepEqual(of(1).of("a"), { text: "mine", base: { version: 2 }, at: 5 });
  assert.ok(![...memory.held.values()].join().includes("bob"));
});

test("only so many are kept, and what cannot be read or stored harms nothing", () => {
  const { memory, of } = stage();
  for (let count = 0; count < 150; count += 1) of(1).keep(`k${count}`, "x");
  assert.deepEqual([of(1).of("k0"), of(1).of("k149")?.text], [null, "x"]);
  memory.held.set("messenger.unsaved.1", "{broken");
  assert.equal(of(1).of("k149"), null);
  memory.setItem = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  of(1).keep("a", "x");
});
