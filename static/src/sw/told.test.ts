import assert from "node:assert/strict";
import { test } from "node:test";
import { actionsOf, isMessage, isOver, isTold, keptOf, toldBy } from "./told.ts";

const HERE = "https://chat.example.org";

test("what is missing has a sense, and what is not known is left alone", () => {
  for (const odd of [undefined, null, 7, "x", [], {}, { notification: "x", seq: "7", later: {} }]) {
    const told = toldBy(odd, HERE);
    assert.equal(told.title, "");
    assert.equal(told.place, "/");
    assert.equal(told.tag, "messenger");
    assert.equal(told.seq, null);
    assert.equal(told.gone, false);
  }
});

test("a click stays on this server, under whatever name it knows itself", () => {
  const at = (navigate: unknown): string => toldBy({ notification: { navigate } }, HERE).place;
  assert.equal(at("https://other.example.org/chat/7/42?a=b#c"), "/chat/7/42?a=b#c");
  assert.equal(at("/task/3"), "/task/3");
  assert.equal(at("javascript:alert(1)").includes(":"), false);
  assert.equal(at("//[bad"), "/");
});

test("the same message is told once, and an older one never replaces a newer", () => {
  const told = (seq: number) => toldBy({ kind: "message", seq, notification: { title: "x" } }, HERE);
  assert.equal(isTold({ kind: "message", seq: 7 }, told(7)), "same");
  assert.equal(isTold({ kind: "message", seq: 7 }, told(8)), null);
  assert.equal(isTold({ kind: "message", seq: 9 }, told(8)), "later");
  assert.equal(isTold({}, told(8)), null);
  // A tab does not know the number of a reminder.
  assert.equal(isTold({ kind: "reminder", seq: 0 }, toldBy({ kind: "reminder", seq: 12 }, HERE)), "same");
});

test("what was read up to somewhere is over, what came later is not", () => {
  const gone = toldBy({ kind: "gone", gone: true, tag: "chat-7", seq: 5, read_seq: 9 }, HERE);
  assert.equal(gone.gone, true);
  assert.equal(isOver({ seq: 9 }, gone), true);
  assert.equal(isOver({ seq: 10 }, gone), false);
  assert.equal(isOver({}, gone), true);
});

test("only a message can be answered and marked as read", () => {
  const kept = (push: object) => keptOf(toldBy(push, HERE), "key");
  assert.equal(isMessage(kept({ kind: "message", chat_id: 7, seq: 5 })), true);
  assert.equal(isMessage(kept({ kind: "message", seq: 5 })), false);
  assert.equal(isMessage(kept({ kind: "reaction", chat_id: 7, seq: 5 })), false);
  assert.equal(kept({ cause: "direct" }).direct, true);
});

test("each kind has its own actions, and only what it is of can be acted on", () => {
  const kept = (fields: object) => keptOf(toldBy({ ...fields, notification: { title: "x" } }, HERE), "k");
  assert.deepEqual(actionsOf(kept({ kind: "message", chat_id: 7, seq: 5 })), ["reply", "read"]);
  assert.deepEqual(actionsOf(kept({ kind: "message", chat_id: 7, seq: 5, task_id: 3 })), ["reply", "read"]);
  assert.deepEqual(actionsOf(kept({ kind: "task", chat_id: 7, seq: 5, task_id: 3 })), ["done"]);
  assert.deepEqual(actionsOf(kept({ kind: "reminder", task_id: 3 })), ["done", "snooze"]);
  for (const kind of ["task", "reminder", "reaction", "invitation", "test", "later"]) {
    assert.deepEqual(actionsOf(kept({ kind, chat_id: 7, seq: 5 })), []);
  }
});
