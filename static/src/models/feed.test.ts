import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { freshDevice, liveTab, until } from "../testing/device.ts";
import { FakeServer } from "../testing/server.ts";
import type { Feed } from "./feed.ts";
import { feedOf } from "./feeds.ts";

const [ALICE, BOB] = [1, 2];

beforeEach(freshDevice);

async function stage(count: number) {
  const server = new FakeServer("alice", "bob");
  const lobby = server.group(ALICE, BOB);
  for (let n = 1; n <= count; n += 1) server.send(BOB, lobby, `m${n}`);
  const { account } = await liveTab(server, ALICE);
  const feed = feedOf(account.chats, lobby);
  return { server, lobby, account, feed };
}

function numbers(feed: Feed): [number | undefined, number | undefined, number] {
  const { value } = feed.messages;
  return [value[0]?.n, value.at(-1)?.n, value.length];
}

function isWhole(feed: Feed): boolean {
  const { value } = feed.messages;
  return value.every((message, index) => message.n === (value[0]?.n ?? 0) + index);
}

async function opened(feed: Feed): Promise<void> {
  feed.open();
  await until(() => feed.state.value === "ready");
}

test("it begins with the newest, and older ones are fetched when they are wanted", async () => {
  const { feed } = await stage(200);
  await opened(feed);
  assert.deepEqual(numbers(feed), [151, 200, 50]);
  assert.ok(feed.older.value);
  await feed.loadOlder();
  assert.deepEqual(numbers(feed), [101, 200, 100]);
  while (feed.older.value) await feed.loadOlder();
  assert.deepEqual(numbers(feed), [1, 200, 200]);
  assert.ok(isWhole(feed));
});

test("what is at hand is there before the chat is opened, and nothing is asked for", async () => {
  const { server, feed } = await stage(60);
  server.down = true;
  feed.warm();
  await until(() => feed.state.value === "ready");
  assert.deepEqual(numbers(feed), [11, 60, 50]);
});

test("what comes between warming and opening is not missed", async () => {
  const { server, lobby, account, feed } = await stage(60);
  feed.warm();
  await until(() => feed.state.value === "ready");
  server.send(BOB, lobby, "m61");
  await until(() => account.chats.of(lobby).value?.last?.n === 61);
  assert.equal(numbers(feed)[1], 60);
  await opened(feed);
  await until(() => numbers(feed)[1] === 61);
});

test("who is led to a message is there, however warm the chat was", async () => {
  const { server, lobby, feed } = await stage(200);
  const wanted = server.room(lobby).messages[20]?.seq ?? 0;
  feed.warm();
  feed.open();
  await feed.show(wanted);
  await until(() => feed.state.value === "ready");
  assert.ok(feed.messages.value.some(({ seq }) => seq === wanted));
  assert.ok(isWhole(feed));
});

test("what was fetched once is local afterwards", async () => {
  const { server, feed, account, lobby } = await stage(200);
  await opened(feed);
  await feed.loadOlder();
  server.down = true;
  await feed.show(server.room(lobby).messages[120]?.seq ?? 0);
  assert.equal(feed.error.value, null);
  assert.ok(numbers(feed)[2] > 30);
  await feedOf(account.chats, lobby).latest();
  assert.equal(numbers(feed)[1], 200);
});

test("without a connection it says so, keeps what it has, and goes on later", async () => {
  const { server, feed } = await stage(200);
  await opened(feed);
  server.down = true;
  await feed.loadOlder();
  assert.equal(feed.error.value?.name, "Unreachable");
  assert.deepEqual(numbers(feed), [151, 200, 50]);
  server.down = false;
  await feed.loadOlder();
  assert.equal(feed.error.value, null);
  assert.deepEqual(numbers(feed), [101, 200, 100]);
});

test("a message far back is shown among its neighbours, and leads on to the newest", async () => {
  const { server, feed, lobby } = await stage(300);
  await opened(feed);
  const wanted = server.room(lobby).messages[99];
  await feed.show(wanted?.seq ?? 0);
  assert.ok(feed.messages.value.some((message) => message.seq === wanted?.seq));
  assert.ok(feed.newer.value && feed.older.value);
  while (feed.newer.value) await feed.loadNewer();
  assert.equal(numbers(feed)[1], 300);
  assert.ok(isWhole(feed));
});

test("new messages come to the end, but not into a window further back", async () => {
  const { server, feed, lobby } = await stage(300);
  await opened(feed);
  server.send(BOB, lobby, "new");
  await until(() => numbers(feed)[1] === 301);
  await feed.show(server.room(lobby).messages[99]?.seq ?? 0);
  const before = numbers(feed);
  server.send(BOB, lobby, "newer");
  server.change(lobby, feed.messages.value[3]?.seq ?? 0, "message.edited", { text: "edited" });
  await until(() => feed.messages.value[3]?.text === "edited");
  assert.deepEqual(numbers(feed), before);
});

test("what comes while nobody looks is there when somebody does", async () => {
  const { server, feed, lobby, account } = await stage(3);
  const leave = feed.open();
  await until(() => feed.state.value === "ready");
  leave();
  server.send(BOB, lobby, "unseen");
  await until(() => account.chats.of(lobby).value?.last?.text === "unseen");
  feed.open();
  await until(() => feed.messages.value.at(-1)?.text === "unseen");
  assert.ok(isWhole(feed));
});

test("an empty chat is ready, and its first message appears", async () => {
  const { server, feed, lobby } = await stage(0);
  await opened(feed);
  assert.deepEqual(feed.messages.value, []);
  server.send(BOB, lobby, "first");
  await until(() => feed.messages.value.length === 1);
});

test("an edit on its way is shown, and stays the same when it is stored", async () => {
  const { server, feed, lobby, account } = await stage(0);
  const { seq } = server.send(ALICE, lobby, "helo");
  await opened(feed);
  await until(() => feed.messages.value.length === 1);
  account.writing.edit(lobby, seq, "hello");
  assert.deepEqual(
    [feed.messages.value[0]?.text, feed.messages.value[0]?.pending],
    ["hello", true],
  );
  await until(() => feed.messages.value[0]?.pending === false);
  assert.equal(feed.messages.value[0]?.text, "hello");
});

test("messages that did not change stay the same objects", async () => {
  const { server, feed, lobby } = await stage(5);
  await opened(feed);
  const [first] = feed.messages.value;
  server.send(BOB, lobby, "new");
  await until(() => feed.messages.value.length === 6);
  assert.equal(feed.messages.value[0], first);
});
