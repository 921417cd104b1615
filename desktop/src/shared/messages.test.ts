import assert from "node:assert/strict";
import { test } from "node:test";
import { ASKED, PAGES_ASK, SAID } from "./messages.ts";
import { flag, Malformed } from "./shapes.ts";

const ID = "0b0f8b1e-6f0a-4f6a-9a53-0f8f6f1c2d3e";
const NOTICE = { tag: "chat-17", title: "Alice", body: "hi", place: "/chat/17/341", seq: 341, silent: false, kind: "message", chat_id: 17, task_id: null, direct: true };
const STATE = { unread: 3, link: "live", locale: "ru", person: "Alice", organisation: "Acme" };

test("what the client says passes as it is", () => {
  assert.deepEqual(SAID["client:notify"](NOTICE), NOTICE);
  assert.deepEqual(SAID["client:state"](STATE), STATE);
  assert.deepEqual(SAID["client:drag"]({ id: ID, name: "отчёт.pdf" }), { id: ID, name: "отчёт.pdf" });
  assert.equal(ASKED["client:started"](undefined), undefined);
  assert.deepEqual(PAGES_ASK["page:find"]({ text: "x", forward: true, next: false }), { text: "x", forward: true, next: false });
});

const BAD: [string, () => unknown][] = [
  ["no object", () => SAID["client:state"]("x")],
  ["a list", () => SAID["client:state"]([STATE])],
  ["null", () => SAID["client:state"](null)],
  ["a field more", () => SAID["client:state"]({ ...STATE, shell: true })],
  ["a field less", () => SAID["client:state"]({ ...STATE, unread: undefined })],
  ["a count below nothing", () => SAID["client:state"]({ ...STATE, unread: -1 })],
  ["half a message", () => SAID["client:state"]({ ...STATE, unread: 0.5 })],
  ["a language nobody speaks", () => SAID["client:state"]({ ...STATE, locale: "../../etc" })],
  ["a place elsewhere", () => SAID["client:notify"]({ ...NOTICE, place: "https://evil.example" })],
  ["a place of another host", () => SAID["client:notify"]({ ...NOTICE, place: "//evil.example" })],
  ["a place with a backslash", () => SAID["client:notify"]({ ...NOTICE, place: "/\\evil.example" })],
  ["another tag", () => SAID["client:withdraw"]({ tag: "chat-1 2", seq: 1 })],
  ["a body without end", () => SAID["client:notify"]({ ...NOTICE, body: "x".repeat(7000) })],
  ["a path for an id", () => SAID["client:drag"]({ id: "../../etc/passwd", name: "x" })],
  ["something for nothing", () => ASKED["client:started"]({})],
  ["a word for a flag", () => flag("yes")],
  ["a server's number that is a path", () => PAGES_ASK["page:remove"]({ id: "../1" })],
];

for (const [what, check] of BAD) {
  test(`${what} is refused`, () => assert.throws(check, Malformed));
}
