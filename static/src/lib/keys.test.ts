import assert from "node:assert/strict";
import { test } from "node:test";
import { Keys, type Press } from "./keys.ts";

function press(fields: Partial<Press>): Press & { prevented: boolean } {
  return {
    key: "",
    code: "",
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    isComposing: false,
    repeat: false,
    target: null,
    defaultPrevented: false,
    prevented: false,
    preventDefault() {
      this.prevented = true;
    },
    ...fields,
  };
}

function bound(combo: string, mac = false, whenTyping?: boolean) {
  const keys = new Keys(mac);
  let runs = 0;
  const more = whenTyping === undefined ? {} : { whenTyping };
  keys.bind({ combo, name: "n", group: "g", run: () => (runs += 1), ...more });
  return { keys, runs: () => runs };
}

test("a combination does what it is bound to, and nothing else of the browser's", () => {
  const { keys, runs } = bound("ctrl+k");
  const pressed = press({ key: "k", code: "KeyK", ctrlKey: true });
  assert.ok(keys.press(pressed));
  assert.equal(runs(), 1);
  assert.ok(pressed.prevented);
  assert.ok(!keys.press(press({ key: "k", code: "KeyK" })));
});

test("letters are found by their place in a Cyrillic layout", () => {
  const { keys } = bound("ctrl+k");
  assert.ok(keys.press(press({ key: "л", code: "KeyK", ctrlKey: true })));
});

test("ctrl is command on a Mac", () => {
  const { keys } = bound("ctrl+k", true);
  assert.ok(keys.press(press({ key: "k", code: "KeyK", metaKey: true })));
  assert.ok(!keys.press(press({ key: "k", code: "KeyK", ctrlKey: true })));
  assert.equal(keys.label("ctrl+shift+k"), "⌘⇧K");
});

test("a sign is found wherever the layout has it", () => {
  const { keys } = bound("?");
  assert.ok(keys.press(press({ key: "?", code: "Digit7", shiftKey: true })));
});

test("plain letters are left to who types, combinations are not", () => {
  const target = { tagName: "TEXTAREA" };
  assert.ok(!bound("e").keys.press(press({ key: "e", code: "KeyE", target })));
  assert.ok(bound("escape", false, true).keys.press(press({ key: "Escape", target })));
  assert.ok(bound("ctrl+k").keys.press(press({ key: "k", ctrlKey: true, target })));
});

test("keys of an input method are its own", () => {
  const { keys } = bound("enter", false, true);
  assert.ok(!keys.press(press({ key: "Enter", isComposing: true })));
});

test("the later binding counts, and the earlier again when it is gone", () => {
  const { keys, runs } = bound("escape");
  let other = 0;
  const undo = keys.bind({ combo: "escape", name: "n", group: "g", run: () => (other += 1) });
  keys.press(press({ key: "Escape" }));
  undo();
  keys.press(press({ key: "Escape" }));
  assert.deepEqual([runs(), other], [1, 1]);
});
