import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { freshDevice, liveTab, until } from "../testing/device.ts";
import { FakeServer } from "../testing/server.ts";
import { isTold } from "./telling.ts";
import type { NotifyLevel } from "./contract.ts";
import type { Message } from "./types.ts";

const [ALICE, BOB] = [1, 2];

beforeEach(freshDevice);

async function stage() {
  const server = new FakeServer("alice", "bob");
  const lobby = server.group(ALICE, BOB);
  const said = server.send(BOB, lobby, "hello");
  const { account, clock } = await liveTab(server, ALICE);
  await until(() => account.chats.of(lobby).value !== null);
  const entry = account.chats.of(lobby).peek();
  assert.ok(entry !== null);
  return { server, account, clock, lobby, entry, said };
}

test("each level tells of what it promises, and of nothing else", async () => {
  const { entry, said } = await stage();
  const own: Message = { ...said, sender_id: ALICE };
  const told = (notify: NotifyLevel, message: Message, answered?: Message): boolean =>
    isTold({ ...entry, muted: notify === "none", my: { ...entry.my, notify } }, message, ALICE, answered);
  const mention = { ...said, mentions: [ALICE] };
  const toAll = { ...said, mentions_all: true };
  assert.deepEqual([told("all", said), told("mentions", said), told("none", mention)], [true, false, false]);
  assert.ok(told("mentions", mention) && told("mentions", toAll));
  assert.ok(told("mentions", { ...said, reply_to: own.seq }, own));
  assert.equal(told("mentions", { ...said, reply_to: said.seq }, said), false);
  assert.equal(told("all", own), false);
  assert.equal(told("all", { ...said, deleted_at: said.created_at }), false);
});

test("what is read on another device is not told, and a direct chat is for its person", async () => {
  const { account, entry, said } = await stage();
  assert.equal(isTold({ ...entry, my: { ...entry.my, read_n: said.n } }, said, ALICE), false);
  const direct = { ...entry, other: account.people.of(BOB).value, my: { ...entry.my, notify: "mentions" as const } };
  assert.ok(isTold(direct, said, ALICE));
});

test("a chat that is muted for a while is told of again when that is over", async () => {
  const { server, account, clock, lobby } = await stage();
  server.down = true;
  const muted = (): boolean | undefined => account.chats.of(lobby).value?.muted;
  const until_ = new Date(clock.now() + 3_600_000).toISOString();
  account.writing.setNotify(lobby, "all", until_);
  assert.equal(muted(), true);
  await clock.advance(3_599_000);
  assert.equal(muted(), true);
  await clock.advance(2_000);
  assert.equal(muted(), false);
});
