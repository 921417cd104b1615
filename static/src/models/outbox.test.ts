import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Browser, freshDevice, liveTab, type Tab, tab, until } from "../testing/device.ts";
import { FakeServer } from "../testing/server.ts";
import { FakeMemory } from "../testing/memory.ts";
import { Changes } from "./changes.ts";
import { feedOf } from "./feeds.ts";
import { Jots } from "./jots.ts";
import { Outbox, timedKey } from "./outbox.ts";
import type { Replica } from "./replica.ts";
import type { Item } from "./rows.ts";

const [ALICE, BOB] = [1, 2];

beforeEach(freshDevice);

function stage() {
  const server = new FakeServer("alice", "bob", "carol");
  return { server, lobby: server.group(ALICE, BOB) };
}

function texts(server: FakeServer, chat: number): string[] {
  return server.room(chat).messages.map((message) => message.text);
}

async function offline(server: FakeServer, { account }: Tab): Promise<void> {
  server.down = true;
  server.cut();
  await until(() => account.link.state.value === "offline");
}

async function online(server: FakeServer, { account, clock }: Tab): Promise<void> {
  server.down = false;
  await clock.advance(40_000);
  await until(() => account.link.state.value === "live");
}

test("a message is shown at once and is stored once", async () => {
  const { server, lobby } = stage();
  const { account } = await liveTab(server, ALICE);
  const feed = feedOf(account.chats, lobby);
  feed.open();
  account.writing.send(lobby, "hello");
  assert.deepEqual(
    feed.waiting.value.map(({ text }) => text),
    ["hello"],
  );
  await until(() => feed.waiting.value.length === 0);
  assert.deepEqual(
    feed.messages.value.map(({ text }) => text),
    ["hello"],
  );
  assert.deepEqual(texts(server, lobby), ["hello"]);
});

test("a message on its way is shown once: as waiting, or as stored", async () => {
  const { server, lobby } = stage();
  const { account } = await liveTab(server, ALICE);
  const feed = feedOf(account.chats, lobby);
  feed.open();
  const seen: number[] = [];
  const stop = feed.messages.subscribe((messages) => {
    if (account.outbox.items.peek().length > 0 || messages.length > 0) {
      seen.push(messages.length + feed.waiting.peek().length);
    }
  });
  account.writing.send(lobby, "hello");
  await until(() => feed.messages.value.length === 1);
  stop();
  assert.ok(
    seen.every((count) => count === 1),
    `${seen}`,
  );
});

test("what another tab sends while a new one reads what is stored does not wait there for ever", async () => {
  const { server, lobby } = stage();
  const { account, clock } = await liveTab(server, ALICE);
  server.down = true;
  account.writing.send(lobby, "hello");
  const stored = account.outbox.items.peek();
  const changes = new Changes();
  const gone = stored.map(({ order }: Item) => ({ kind: "item.gone", order }) as const);
  const getAll = async (): Promise<Item[]> => {
    changes.here(gone);
    return stored;
  };
  const outbox = new Outbox({ changes, own: ALICE, database: { getAll } } as unknown as Replica, clock, new Jots(new FakeMemory(), ALICE));
  await outbox.load();
  assert.equal(stored.length, 1);
  assert.deepEqual(outbox.items.value, []);
});

test("what was written offline is sent in order, each once", async () => {
  const { server, lobby } = stage();
  const made = await liveTab(server, ALICE);
  await offline(server, made);
  const wanted = Array.from({ length: 20 }, (_, count) => `m${count}`);
  for (const text of wanted) made.account.writing.send(lobby, text);
  assert.equal(made.account.outbox.waiting.value, 20);
  await online(server, made);
  await until(() => made.account.outbox.waiting.value === 0);
  assert.deepEqual(texts(server, lobby), wanted);
});

/** A page that is gone before its database has anything more. */
function frozen({ account }: Tab): void {
  account.replica.read = () => new Promise(() => {});
}

function unstored({ memory }: Browser): string[] {
  return [...memory.held.keys()].filter((name) => name.includes("unstored"));
}

test("what the database did not have yet when the page was loaded anew is sent, once", async () => {
  const { server, lobby } = stage();
  const browser = new Browser();
  const first = await liveTab(server, ALICE, browser);
  await offline(server, first);
  await first.account.database.put("drafts", { chat_id: lobby, text: "one", dirty: true });
  frozen(first);
  first.account.writing.send(lobby, "one");
  first.account.writing.send(lobby, "two");
  assert.equal(unstored(browser).length, 2);
  const second = await tab(server, ALICE, browser);
  assert.equal(second.account.outbox.waiting.value, 2);
  assert.equal(second.account.drafts.of(lobby).value, "");
  await second.account.outbox.stored();
  assert.deepEqual(unstored(browser), []);
  first.account.close();
  await online(server, second);
  await until(() => second.account.outbox.waiting.value === 0);
  assert.deepEqual(texts(server, lobby), ["one", "two"]);
});

test("what is stored, given up or sent is not written down beside the database", async () => {
  const { server, lobby } = stage();
  const browser = new Browser();
  const made = await liveTab(server, ALICE, browser);
  await offline(server, made);
  const { outbox, writing } = made.account;
  writing.send(lobby, "stored");
  await outbox.stored();
  assert.deepEqual(unstored(browser), []);
  frozen(made);
  writing.send(lobby, "given up");
  assert.equal(unstored(browser).length, 1);
  outbox.discard(outbox.items.value[1]?.order ?? 0);
  assert.deepEqual(unstored(browser), []);
});

test("what was written offline survives closing the tab", async () => {
  const { server, lobby } = stage();
  const first = await liveTab(server, ALICE);
  await offline(server, first);
  first.account.writing.send(lobby, "kept");
  await first.account.outbox.stored();
  first.account.close();
  server.down = false;
  const second = await liveTab(server, ALICE);
  await until(() => second.account.outbox.items.value.length === 0);
  assert.deepEqual(texts(server, lobby), ["kept"]);
});

test("an answer lost on the way does not make two messages", async () => {
  const { server, lobby } = stage();
  const made = await liveTab(server, ALICE);
  server.lost = 1;
  made.account.writing.send(lobby, "once");
  await until(() => made.account.link.state.value !== "live");
  await online(server, made);
  await until(() => made.account.outbox.items.value.length === 0);
  assert.deepEqual(texts(server, lobby), ["once"]);
});

test("what the server refuses is kept, and does not hold up the rest", async () => {
  const { server, lobby } = stage();
  const { account } = await liveTab(server, ALICE);
  server.refuse(/^message.send$/, 403, "forbidden");
  account.writing.send(lobby, "refused");
  account.writing.send(lobby, "taken");
  await until(() => texts(server, lobby).length === 1);
  const [failed] = account.outbox.failed.value;
  assert.equal(failed?.error?.code, "forbidden");
  assert.deepEqual(texts(server, lobby), ["taken"]);
  account.outbox.retry(failed?.order ?? 0);
  await until(() => account.outbox.items.value.length === 0);
  assert.deepEqual(texts(server, lobby), ["taken", "refused"]);
});

test("a refused message can be changed and sent, or given up", async () => {
  const { server, lobby } = stage();
  const { account } = await liveTab(server, ALICE);
  server.refuse(/^message.send$/, 422, "validation_failed", 2);
  account.writing.send(lobby, "bad");
  account.writing.send(lobby, "worse");
  await until(() => account.outbox.failed.value.length === 2);
  const [bad, worse] = account.outbox.failed.value;
  account.outbox.edit(bad?.order ?? 0, "good");
  account.outbox.discard(worse?.order ?? 0);
  await until(() => account.outbox.items.value.length === 0);
  assert.deepEqual(texts(server, lobby), ["good"]);
});

test("too many at once are sent when the server says so, in order", async () => {
  const { server, lobby } = stage();
  const { account, clock } = await liveTab(server, ALICE);
  server.refuse(/^message.send$/, 429, "rate_limited", 1, { retry_after_ms: 5000 });
  account.writing.send(lobby, "one");
  account.writing.send(lobby, "two");
  await until(() => clock.expects(5000));
  await clock.advance(4000);
  assert.deepEqual(texts(server, lobby), []);
  await clock.advance(1000);
  await until(() => account.outbox.items.value.length === 0);
  assert.deepEqual(texts(server, lobby), ["one", "two"]);
});

test("a deletion can be undone for eight seconds", async () => {
  const { server, lobby } = stage();
  const one = server.send(ALICE, lobby, "one");
  const two = server.send(ALICE, lobby, "two");
  const { account, clock } = await liveTab(server, ALICE);
  const feed = feedOf(account.chats, lobby);
  feed.open();
  await until(() => feed.messages.value.length === 2);
  const { undo } = account.writing.remove(lobby, one.seq);
  account.writing.remove(lobby, two.seq);
  assert.ok(feed.messages.value.every((message) => message.deleted_at !== null));
  undo();
  assert.equal(feed.messages.value[0]?.deleted_at, null);
  await account.outbox.stored();
  await clock.advance(8000);
  await until(() => account.outbox.items.value.length === 0);
  assert.deepEqual(texts(server, lobby), ["one", ""]);
});

test("what can still be undone holds nothing up", async () => {
  const { server, lobby } = stage();
  const { seq } = server.send(ALICE, lobby, "one");
  const { account } = await liveTab(server, ALICE);
  account.writing.remove(lobby, seq);
  account.writing.send(lobby, "two");
  await until(() => texts(server, lobby).length === 2);
  assert.equal(server.room(lobby).messages[0]?.deleted_at, null);
});

test("a reaction given and taken back before it was sent is none", async () => {
  const { server, lobby } = stage();
  const { seq } = server.send(BOB, lobby, "one");
  const made = await liveTab(server, ALICE);
  const feed = feedOf(made.account.chats, lobby);
  feed.open();
  await offline(server, made);
  await made.account.writing.react(lobby, seq, "👍");
  await until(() => feed.messages.value[0]?.reactions[0]?.count === 1);
  await made.account.writing.react(lobby, seq, "👍");
  assert.deepEqual(feed.messages.value[0]?.reactions, []);
  assert.equal(made.account.outbox.items.value.length, 0);
});

test("marks are not counted as waiting, and only the last is sent", async () => {
  const { server, lobby } = stage();
  const made = await liveTab(server, ALICE);
  const seqs = ["a", "b", "c"].map((text) => server.send(BOB, lobby, text).seq);
  await until(() => made.account.chats.of(lobby).value?.unread === 3);
  await offline(server, made);
  for (const seq of seqs) await made.account.writing.markRead(lobby, seq);
  assert.equal(made.account.outbox.waiting.value, 0);
  assert.equal(made.account.outbox.items.value.length, 1);
  await online(server, made);
  await until(() => server.my(lobby, ALICE).unread === 0);
});

test("a second tab writes through the one that leads, and takes over when it goes", async () => {
  const { server, lobby } = stage();
  const browser = new Browser();
  const first = await liveTab(server, ALICE, browser);
  const second = await tab(server, ALICE, browser);
  await until(() => second.account.link.state.value === "live");
  assert.equal(server.sockets.size, 1);
  second.account.writing.send(lobby, "from the second");
  await until(() => second.account.outbox.items.value.length === 0);
  assert.equal(first.account.chats.of(lobby).value?.last?.text, "from the second");
  first.account.close();
  second.account.writing.send(lobby, "alone");
  await until(() => texts(server, lobby).length === 2);
  await until(() => second.account.chats.of(lobby).value?.last?.text === "alone");
  assert.deepEqual(texts(server, lobby), ["from the second", "alone"]);
});

test("keys of messages are UUIDs that stand in the order of time", () => {
  const keys = [1, 1_764_400_000_000, 1_764_400_000_001, 2 ** 41].map(timedKey);
  assert.deepEqual([...keys].sort(), keys);
  for (const key of keys) assert.match(key, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(timedKey(1), timedKey(1));
});
