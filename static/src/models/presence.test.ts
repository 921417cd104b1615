import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock, settled } from "../testing/clock.ts";
import { Changes } from "./changes.ts";
import { PresenceStore, Typing } from "./presence.ts";
import type { Message } from "./types.ts";

const [ALICE, BOB] = [1, 2];

function stage() {
  const changes = new Changes();
  const clock = new FakeClock();
  const told: [string, object][] = [];
  const tell = (type: string, fields: object): void => void told.push([type, fields]);
  return { changes, clock, told, tell };
}

test("who writes is shown for a while, oneself never", async () => {
  const { changes, clock, tell } = stage();
  const typing = new Typing(changes, tell, clock, ALICE);
  changes.publish([
    { kind: "typing", chat_id: 17, user_id: BOB },
    { kind: "typing", chat_id: 17, user_id: ALICE },
  ]);
  assert.deepEqual(typing.of(17).value, [BOB]);
  await clock.advance(3000);
  changes.publish([{ kind: "typing", chat_id: 17, user_id: BOB }]);
  await clock.advance(3000);
  assert.deepEqual(typing.of(17).value, [BOB]);
  await clock.advance(2000);
  assert.deepEqual(typing.of(17).value, []);
});

test("who has written is no longer writing", () => {
  const { changes, clock, tell } = stage();
  const typing = new Typing(changes, tell, clock, ALICE);
  changes.publish([{ kind: "typing", chat_id: 17, user_id: BOB }]);
  const message = { chat_id: 17, sender_id: BOB } as Message;
  changes.publish([{ kind: "message", message }]);
  assert.deepEqual(typing.of(17).value, []);
});

test("that one writes is said now and then, not with every key", async () => {
  const { changes, clock, told, tell } = stage();
  const typing = new Typing(changes, tell, clock, ALICE);
  for (let key = 0; key < 10; key += 1) {
    typing.tell(17);
    await clock.advance(500);
  }
  assert.equal(told.length, 3);
});

test("that one writes is said on when the clock was put back", async () => {
  const { changes, clock, told, tell } = stage();
  const typing = new Typing(changes, tell, clock, ALICE);
  typing.tell(17);
  clock.shift(-3_600_000);
  await clock.advance(2000);
  typing.tell(17);
  assert.equal(told.length, 2);
});

test("those who are shown are watched, all together, and again after a reconnect", async () => {
  const { changes, told, tell } = stage();
  const presence = new PresenceStore(changes, tell);
  const leave = presence.watch([1, 2]);
  presence.watch([2, 3]);
  await settled();
  leave();
  await settled();
  presence.say();
  await settled();
  assert.deepEqual(told, [
    ["presence.watch", { user_ids: [1, 2, 3] }],
    ["presence.watch", { user_ids: [2, 3] }],
    ["presence.watch", { user_ids: [2, 3] }],
  ]);
});

test("without a connection nobody is known to be here", () => {
  const { changes, tell } = stage();
  const presence = new PresenceStore(changes, tell);
  const bob = { id: BOB, online: true, last_seen_at: null };
  changes.publish([{ kind: "presence", presence: bob }]);
  assert.equal(presence.of(BOB).value?.online, true);
  changes.publish([{ kind: "link", state: "offline" }]);
  assert.equal(presence.of(BOB).value, null);
});
