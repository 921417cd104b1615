import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "../../models/types.ts";
import { daysOf, firstUnread } from "./groups.ts";

function said(seq: number, sender_id: number, at: string): Message {
  return { seq, sender_id, created_at: new Date(at).toISOString() } as Message;
}

const flags = (messages: Message[], line?: number): string[] =>
  daysOf(messages, line).flatMap((day) =>
    day.posts.map(({ first, last }) => `${first ? "[" : ""}${last ? "]" : ""}`),
  );

test("one person's messages within five minutes are a group", () => {
  const messages = [
    said(1, 5, "2026-03-02T10:00"),
    said(2, 5, "2026-03-02T10:04"),
    said(3, 5, "2026-03-02T10:10"),
    said(4, 6, "2026-03-02T10:11"),
  ];
  assert.deepEqual(flags(messages), ["[", "]", "[]", "[]"]);
});

test("a group ends at midnight and at the line of what is new", () => {
  const midnight = [said(1, 5, "2026-03-02T23:59"), said(2, 5, "2026-03-03T00:01")];
  assert.equal(daysOf(midnight).length, 2);
  assert.deepEqual(flags(midnight), ["[]", "[]"]);
  const line = [said(1, 5, "2026-03-02T10:00"), said(2, 5, "2026-03-02T10:01")];
  assert.deepEqual(flags(line, 2), ["[]", "[]"]);
});

test("the first unread message is somebody else's", () => {
  const messages = [said(3, 5, "2026-03-02T10:00"), said(4, 9, "2026-03-02T10:00"), said(5, 5, "2026-03-02T10:00")];
  assert.equal(firstUnread(messages, 3, 9), 5);
  assert.equal(firstUnread(messages, 5, 9), null);
});
