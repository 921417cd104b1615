import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { freshDevice, liveTab, type Tab, until } from "../testing/device.ts";
import { FakeServer } from "../testing/server.ts";
import { feedOf } from "./feeds.ts";
import { wordsOf } from "./words-of.ts";

const [ALICE, BOB] = [1, 2];
const HOUR = 3_600_000;

beforeEach(freshDevice);

async function stage() {
  const server = new FakeServer("alice", "bob");
  const lobby = server.group(ALICE, BOB);
  const other = server.group(ALICE, BOB);
  const made = await liveTab(server, ALICE);
  return { server, lobby, other, made, ...made };
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
  while (account.link.state.value !== "live") {
    await clock.advance(1000);
    await new Promise((later) => setTimeout(later, 5));
  }
}

/** Lets a minute pass, a second at a time, as connections come and go. */
async function aMinute({ clock }: Tab): Promise<void> {
  for (let second = 0; second < 60; second += 1) {
    await clock.advance(1000);
    await new Promise((later) => setTimeout(later, 2));
  }
}

test("what closes the connection twice is set aside, and what stands behind it goes on", async () => {
  const { server, lobby, other, account, made } = await stage();
  server.poison = /poison/;
  account.writing.send(lobby, "poison");
  account.writing.send(lobby, "behind it");
  account.writing.send(other, "elsewhere");
  await aMinute(made);
  await until(() => account.outbox.waiting.value === 0);
  const [failed, ...more] = account.outbox.failed.value;
  assert.deepEqual(
    [failed && wordsOf(failed), failed?.error?.code, more],
    ["poison", "not_taken", []],
  );
  assert.deepEqual([texts(server, lobby), texts(server, other)], [["behind it"], ["elsewhere"]]);
  const sends = server.requests.filter((type) => type === "message.send");
  // Twice what is bad, once or twice what was on its way beside it, once what stood behind.
  assert.ok(sends.length <= 5, `${sends.length}`);
  account.outbox.edit(failed?.order ?? 0, "harmless");
  // On a busy machine the connection may be waiting to be made again.
  await aMinute(made);
  await until(() => account.outbox.items.value.length === 0);
  assert.deepEqual(texts(server, lobby), ["behind it", "harmless"]);
});

test("what nobody wrote by hand is dropped when it closes the connection", async () => {
  const { server, lobby, account, made } = await stage();
  server.poison = /poison/;
  account.drafts.set(lobby, "poison");
  await aMinute(made);
  await until(() => account.outbox.items.value.length === 0);
  assert.equal(account.drafts.of(lobby).value, "poison");
  assert.ok(server.requests.filter((type) => type === "draft.set").length <= 2);
});

test("a write too large for the server says so", async () => {
  const { lobby, account, made } = await stage();
  account.writing.send(lobby, "x".repeat(70_000));
  await aMinute(made);
  await until(() => account.outbox.failed.value.length === 1);
  assert.equal(account.outbox.failed.value[0]?.error?.code, "too_large");
});

test("half of a character does not leave this device", async () => {
  const { server, lobby, account } = await stage();
  account.writing.send(lobby, "half \ud83d");
  const id = account.tasks.create({ title: "task \ude00", chat_id: lobby });
  await until(() => account.outbox.items.value.length === 0);
  assert.deepEqual(texts(server, lobby), ["half \ufffd"]);
  assert.equal(account.tasks.of(id).value?.title, "task \ufffd");
});

test("breaks of the line set nothing aside", async () => {
  const { server, lobby, account, made } = await stage();
  for (let turn = 0; turn < 10; turn += 1) {
    account.writing.send(lobby, `m${turn}`);
    server.cut();
    await until(() => account.link.state.value === "offline");
    await online(server, made);
  }
  await until(() => account.outbox.items.value.length === 0);
  assert.equal(texts(server, lobby).length, 10);
});

test("what was written by a clock that was an hour ahead is sent at once, and in order", async () => {
  const { server, lobby, account, clock, made } = await stage();
  const { seq } = server.send(ALICE, lobby, "old");
  await until(() => account.chats.of(lobby).value?.last?.seq === seq);
  await offline(server, made);
  clock.shift(HOUR);
  account.writing.send(lobby, "first");
  account.writing.remove(lobby, seq);
  clock.shift(-HOUR);
  account.writing.send(lobby, "second");
  await account.outbox.stored();
  await online(server, made);
  await until(() => account.outbox.items.value.length === 0);
  assert.deepEqual(texts(server, lobby), ["", "first", "second"]);
});

test("after a restart, too, what was written later is sent later", async () => {
  const { server, lobby, account, clock, made } = await stage();
  await offline(server, made);
  clock.shift(HOUR);
  account.writing.send(lobby, "first");
  await account.outbox.stored();
  account.close();
  const { tab } = await import("../testing/device.ts");
  const again = await tab(server, ALICE);
  again.account.writing.send(lobby, "second");
  await online(server, again);
  await until(() => again.account.outbox.items.value.length === 0);
  assert.deepEqual(texts(server, lobby), ["first", "second"]);
});

test("a pause is as long as it was meant, whatever the clock does", async () => {
  const { server, lobby, account, clock } = await stage();
  server.refuse(/^message.send$/, 503, "unavailable", 1, { retry_after_ms: 5000 });
  account.writing.send(lobby, "one");
  await until(() => account.outbox.items.value[0]?.sent === true);
  await account.outbox.stored();
  clock.shift(-HOUR);
  await clock.advance(6000);
  await until(() => texts(server, lobby).length === 1);
});

test("a message changed after its answer was lost is changed where it is", async () => {
  const { server, lobby, account, made } = await stage();
  server.lost = 1;
  account.writing.send(lobby, "tpyo");
  await until(() => account.link.state.value !== "live");
  server.down = true;
  await until(() => account.outbox.items.value[0]?.state === "waiting");
  account.outbox.edit(account.outbox.items.value[0]?.order ?? 0, "typo");
  await account.outbox.stored();
  await online(server, made);
  await until(() => account.outbox.items.value.length === 0);
  assert.deepEqual(texts(server, lobby), ["typo"]);
});

test("a message given up after its answer was lost is deleted where it is", async () => {
  const { server, lobby, account, made } = await stage();
  server.lost = 1;
  account.writing.send(lobby, "regretted");
  await until(() => account.link.state.value !== "live");
  server.down = true;
  await until(() => account.outbox.items.value[0]?.state === "waiting");
  account.outbox.cancel(account.outbox.items.value[0]?.order ?? 0);
  assert.equal(feedOf(account.chats, lobby).waiting.value.length, 0);
  await account.outbox.stored();
  await online(server, made);
  await until(() => account.outbox.items.value.length === 0);
  assert.deepEqual(texts(server, lobby), [""]);
});

test("a waiting message that was given up can be had back", async () => {
  const { server, lobby, account, made } = await stage();
  await offline(server, made);
  account.writing.send(lobby, "kept");
  account.writing.send(lobby, "gone");
  const [kept, gone] = account.outbox.items.value;
  account.outbox.cancel(kept?.order ?? 0)?.undo();
  account.outbox.cancel(gone?.order ?? 0);
  await account.outbox.stored();
  await online(server, made);
  await until(() => account.outbox.items.value.length === 0);
  assert.deepEqual(texts(server, lobby), ["kept"]);
});

test("a change of a message that met another device's is for the person to decide", async () => {
  const { server, lobby, account, made } = await stage();
  const { seq } = server.send(ALICE, lobby, "one");
  await until(() => account.chats.of(lobby).value?.last?.seq === seq);
  await offline(server, made);
  account.writing.edit(lobby, seq, "mine", "one");
  await account.outbox.stored();
  server.change(lobby, seq, "message.edited", { text: "from the phone" });
  await online(server, made);
  await until(() => account.outbox.conflicts.value.length === 1);
  const [item] = account.outbox.conflicts.value;
  assert.equal(item?.current?.["text"], "from the phone");
  account.outbox.resolve(item?.order ?? 0, "mine");
  await until(() => account.outbox.items.value.length === 0);
  assert.deepEqual(texts(server, lobby), ["mine"]);
});
