import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, linkAmong, linkOf, mayOpenOutside, socketOrigin } from "./address.ts";

const ADDRESSES: [string, string | null][] = [
  ["chat.example.org", "https://chat.example.org"],
  ["  https://Chat.Example.org/sign-in?x=1 ", "https://chat.example.org"],
  ["chat.example.org:8443", "https://chat.example.org:8443"],
  ["localhost:8000", "http://localhost:8000"],
  ["127.0.0.1:8000", "http://127.0.0.1:8000"],
  ["http://[::1]:8000/", "http://[::1]:8000"],
  // Without TLS a password would be anybody's.
  ["http://chat.example.org", null],
  ["http://127.0.0.1.evil.example", null],
  ["localhost.evil.example", "https://localhost.evil.example"],
  ["https://user:word@chat.example.org", null],
  ["ftp://chat.example.org", null],
  ["javascript:alert(1)", null],
  ["file:///etc/passwd", null],
  ["", null],
  ["two words", null],
];

for (const [typed, meant] of ADDRESSES) {
  test(`"${typed}" is ${meant ?? "no address"}`, () => assert.equal(addressOf(typed), meant));
}

const LINKS: [string, string | null, string | null][] = [
  ["messenger://chat/17/341", "/chat/17/341", null],
  ["messenger://chat/17/", "/chat/17", null],
  ["messenger://task/123", "/task/123", null],
  ["messenger://tasks", "/tasks", null],
  ["messenger:///tasks", "/tasks", null],
  ["messenger://", "/", null],
  ["messenger://open?server=https%3A%2F%2Fchat.example.org&place=%2Fchat%2F17%2F341", "/chat/17/341", "https://chat.example.org"],
  ["messenger://open?server=https://a.example&place=//evil.example", "/", "https://a.example"],
  ["messenger://open?server=https://a.example&place=/sign-in", "/", "https://a.example"],
];
const NOT_LINKS = [
  "messenger://chat/17/341/../../settings",
  "messenger://sign-in",
  "messenger://chat/x",
  "messenger://open?server=ftp://a.example&place=/chat/1",
  "messenger://open?place=/chat/1",
  "https://chat.example.org/chat/17",
  "not a link",
  `messenger://chat/${"1".repeat(3000)}`,
];

for (const [given, place, server] of LINKS) {
  test(`${given} leads to ${place}`, () => assert.deepEqual(linkOf(given), { place, server }));
}

for (const given of NOT_LINKS) {
  test(`${given.slice(0, 60)} leads nowhere`, () => assert.equal(linkOf(given), null));
}

test("a link is found among a program's arguments", () => {
  assert.deepEqual(linkAmong(["--flag", "messenger://task/5"]), { place: "/task/5", server: null });
  assert.equal(linkAmong(["--flag"]), null);
});

test("the socket of a server is there where the server is", () => {
  assert.equal(socketOrigin("https://chat.example.org:8443"), "wss://chat.example.org:8443");
  assert.equal(socketOrigin("http://localhost:1"), "ws://localhost:1");
});

const OUTSIDE: [string, boolean][] = [
  ["https://example.org/a?b#c", true],
  ["mailto:alice@example.org", true],
  ["http://example.org/", false],
  ["file:///etc/passwd", false],
  ["smb://host/share", false],
  ["ms-msdt:/id", false],
  ["messenger://chat/1", false],
  ["javascript:alert(1)", false],
  ["https://user:word@example.org/", false],
  ["https://example.org/a b", false],
  ["https://example.org/\u202egpj.exe", false],
  [`https://example.org/${"a".repeat(5000)}`, false],
  ["nonsense", false],
];

for (const [given, allowed] of OUTSIDE) {
  test(`${given.slice(0, 50)} ${allowed ? "is" : "is not"} opened outside`, () => assert.equal(mayOpenOutside(given), allowed));
}
