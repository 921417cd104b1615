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
  assert.ok(!keys.press(press({ key: "Enter", keyCode: 229 })));
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

test("signs are found by their place where a layout has other letters, not other signs", () => {
  const { keys, runs } = bound("ctrl+/");
  assert.ok(keys.press(press({ key: "/", code: "Slash", ctrlKey: true })));
  // Russian: the key of the slash writes a dot; the slash itself is elsewhere.
  assert.ok(keys.press(press({ key: ".", code: "Slash", ctrlKey: true })));
  assert.ok(keys.press(press({ key: "/", code: "Backslash", ctrlKey: true, shiftKey: true })));
  // German: Ctrl and minus makes the page smaller.
  assert.ok(!keys.press(press({ key: "-", code: "Slash", ctrlKey: true })));
  assert.equal(runs(), 3);
  assert.ok(bound("?").keys.press(press({ key: ",", code: "Slash", shiftKey: true })));
});

test("a Latin layout means the letter it writes, not the place", () => {
  const { keys } = bound("q");
  // French: A stands where Q does elsewhere.
  assert.ok(!keys.press(press({ key: "a", code: "KeyQ" })));
  assert.ok(keys.press(press({ key: "q", code: "KeyA" })));
});

test("one that asks goes before one that is always meant, and leaves to it what is not its", () => {
  const keys = new Keys();
  const did: string[] = [];
  let selected = true;
  keys.bind({ combo: "ctrl+k", name: "n", group: "g", when: () => selected, run: () => did.push("link") });
  keys.bind({ combo: "ctrl+k", name: "n", group: "g", run: () => did.push("switcher") });
  keys.bind({ combo: "ctrl+k", name: "only listed", group: "g" });
  const pressed = press({ key: "k", code: "KeyK", ctrlKey: true });
  keys.press(pressed);
  selected = false;
  keys.press(pressed);
  assert.deepEqual(did, ["link", "switcher"]);
  assert.equal(keys.all.value.length, 3);
});
