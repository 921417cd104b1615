import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { effect } from "@preact/signals-core";
import { freshDevice, liveTab, type Tab, tab, until } from "../testing/device.ts";
import { AT } from "../testing/refusal.ts";
import { FakeServer } from "../testing/server.ts";
import { wordsOf } from "./words-of.ts";

const [ALICE, BOB] = [1, 2];
const [TODO, DONE] = [71, 72];

beforeEach(freshDevice);

async function stage() {
  const server = new FakeServer("alice", "bob");
  const lobby = server.group(ALICE, BOB);
  const task = server.task(lobby, { title: "sand", column_id: TODO, position: "a0" });
  const made = await liveTab(server, ALICE);
  return { server, lobby, task, made, ...made };
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

function stored(server: FakeServer, lobby: number, id: number) {
  return server.room(lobby).tasks.get(id);
}

test("a change is shown at once, and then stored", async () => {
  const { server, lobby, task, account } = await stage();
  account.tasks.update(task.id, { title: "plane" });
  assert.deepEqual(
    [account.tasks.of(task.id).value?.title, account.tasks.of(task.id).value?.pending],
    ["plane", true],
  );
  await until(() => account.tasks.of(task.id).value?.pending === false);
  assert.equal(stored(server, lobby, task.id)?.title, "plane");
});

test("a task looked at before the first load has ended stays to be seen", async () => {
  const server = new FakeServer("alice", "bob");
  const lobby = server.group(ALICE, BOB);
  const task = server.task(lobby, { title: "sand", status: "done", archived_at: AT });
  const { account } = await tab(server, ALICE);
  const seen: (string | undefined)[] = [];
  effect(() => void seen.push(account.tasks.of(task.id).value?.title));
  await until(() => account.link.state.value === "live");
  await until(() => account.tasks.of(task.id).value?.title === "sand");
  const changes = seen.filter((title, index) => index === 0 || title !== seen[index - 1]);
  assert.deepEqual(changes, [undefined, "sand"]);
});

test("a task made offline can be changed and moved before it has a number", async () => {
  const { server, lobby, made, account } = await stage();
  await offline(server, made);
  const id = account.tasks.create({ title: "glue", chat_id: lobby, column_id: TODO });
  account.tasks.update(id, { title: "glue it" });
  account.tasks.move(id, DONE, null);
  assert.equal(account.tasks.of(id).value?.column_id, DONE);
  await online(server, made);
  await until(() => account.outbox.items.value.length === 0);
  const real = account.tasks.real(id);
  assert.ok(real > 0);
  assert.equal(account.tasks.of(id).value?.id, real);
  assert.deepEqual(
    [stored(server, lobby, real)?.title, stored(server, lobby, real)?.column_id],
    ["glue it", DONE],
  );
  assert.equal(server.room(lobby).tasks.size, 2);
});

test("what builds on something given up goes with it", async () => {
  const { server, lobby, made, account } = await stage();
  await offline(server, made);
  const id = account.tasks.create({ title: "glue", chat_id: lobby });
  account.tasks.update(id, { title: "glue it" });
  account.outbox.discard(account.outbox.items.value[0]?.order ?? 0);
  assert.equal(account.outbox.items.value.length, 0);
});

test("several changes of one's own are no conflict with each other", async () => {
  const { server, lobby, task, made, account } = await stage();
  await offline(server, made);
  account.tasks.update(task.id, { title: "one" });
  account.tasks.update(task.id, { title: "two" });
  account.tasks.update(task.id, { description: "three" });
  account.tasks.move(task.id, DONE, null);
  await online(server, made);
  await until(() => account.outbox.items.value.length === 0);
  const now = stored(server, lobby, task.id);
  assert.deepEqual([now?.title, now?.description, now?.column_id], ["two", "three", DONE]);
});

test("of several moves of a card only the last is sent", async () => {
  const { server, task, made, account } = await stage();
  await offline(server, made);
  for (const column of [DONE, TODO, DONE]) account.tasks.move(task.id, column, null);
  assert.equal(account.outbox.items.value.length, 1);
  await online(server, made);
  await until(() => account.outbox.items.value.length === 0);
  assert.equal(server.requests.filter((each) => each.endsWith("/move")).length, 1);
});

test("somebody else's change of another field is no conflict", async () => {
  const { server, lobby, task, made, account } = await stage();
  await offline(server, made);
  account.tasks.update(task.id, { title: "mine" });
  server.changeTask(task.id, { description: "theirs" });
  await online(server, made);
  await until(() => account.outbox.items.value.length === 0);
  const now = stored(server, lobby, task.id);
  assert.deepEqual([now?.title, now?.description], ["mine", "theirs"]);
});

test("somebody else's change of the same field waits for the person", async () => {
  const { server, lobby, task, made, account } = await stage();
  await offline(server, made);
  account.tasks.update(task.id, { title: "mine" });
  server.changeTask(task.id, { title: "theirs" });
  await online(server, made);
  await until(() => account.outbox.conflicts.value.length === 1);
  const [conflict] = account.outbox.conflicts.value;
  assert.equal(account.tasks.of(task.id).value?.title, "theirs");
  assert.equal(account.tasks.of(task.id).value?.conflict?.order, conflict?.order);
  assert.equal(conflict?.current?.["title"], "theirs");
  account.outbox.resolve(conflict?.order ?? 0, "mine");
  await until(() => account.outbox.items.value.length === 0);
  assert.equal(stored(server, lobby, task.id)?.title, "mine");
});

test("leaving it to the others keeps theirs", async () => {
  const { server, lobby, task, made, account } = await stage();
  await offline(server, made);
  account.tasks.move(task.id, DONE, null);
  server.changeTask(task.id, { column_id: 73, position: "a0" }, undefined, "task.moved");
  await online(server, made);
  await until(() => account.outbox.conflicts.value.length === 1);
  account.outbox.resolve(account.outbox.conflicts.value[0]?.order ?? 0, "theirs");
  assert.equal(account.tasks.of(task.id).value?.column_id, 73);
  assert.equal(stored(server, lobby, task.id)?.column_id, 73);
});

test("two who wanted the same have no conflict", async () => {
  const { server, task, made, account } = await stage();
  await offline(server, made);
  account.tasks.setDone(task.id, true);
  server.changeTask(task.id, { status: "done" });
  await online(server, made);
  await until(() => account.outbox.items.value.length === 0);
  assert.equal(account.outbox.conflicts.value.length, 0);
});

test("a card moves to the place before another, and others stay in order", async () => {
  const { server, lobby, task, account } = await stage();
  const second = server.task(lobby, { title: "b", column_id: TODO, position: "a1" });
  const third = server.task(lobby, { title: "c", column_id: TODO, position: "a2" });
  await until(() => account.tasks.inChat(lobby).value.length === 3);
  account.tasks.move(third.id, TODO, second.id);
  const order = account.tasks
    .inChat(lobby)
    .value.toSorted((one, other) => ((one.position ?? "") < (other.position ?? "") ? -1 : 1));
  assert.deepEqual(
    order.map(({ id }) => id),
    [task.id, third.id, second.id],
  );
});

test("one's own tasks are those that are open, soonest first", async () => {
  const { server, lobby, account } = await stage();
  server.task(lobby, { title: "later", assigned_to: ALICE, due: { date: "2026-12-01" } });
  server.task(lobby, { title: "whenever", assigned_to: ALICE });
  server.task(lobby, { title: "soon", assigned_to: ALICE, due: { date: "2026-11-22" } });
  server.task(lobby, { title: "done", assigned_to: ALICE, status: "done" });
  server.task(lobby, { title: "bob's", assigned_to: BOB });
  await until(() => account.tasks.all.value.length === 6);
  assert.deepEqual(
    account.tasks.mine.value.map(({ title }) => title),
    ["soon", "later", "whenever"],
  );
});

test("a deleted task is gone, and back when it is undone", async () => {
  const { server, lobby, task, account, clock } = await stage();
  const first = account.tasks.remove(task.id);
  assert.equal(account.tasks.of(task.id).value, null);
  first.undo();
  assert.equal(account.tasks.of(task.id).value?.title, "sand");
  account.tasks.remove(task.id);
  await account.outbox.stored();
  await clock.advance(8000);
  await until(() => stored(server, lobby, task.id)?.deleted_at !== null);
});

test("what was begun before somebody else saved meets their text, not only the newest version", async () => {
  const { server, lobby, task, account } = await stage();
  const begun = { version: 1, description: "" };
  server.changeTask(task.id, { description: "theirs" });
  await until(() => account.tasks.of(task.id).value?.description === "theirs");
  account.tasks.update(task.id, { description: "mine" }, begun);
  await until(() => account.outbox.conflicts.value.length === 1);
  const [item] = account.outbox.conflicts.value;
  assert.deepEqual(
    [item?.current?.["description"], item && wordsOf(item)],
    ["theirs", "mine"],
  );
  assert.equal(stored(server, lobby, task.id)?.description, "theirs");
  account.outbox.resolve(item?.order ?? 0, "mine");
  await until(() => account.outbox.items.value.length === 0);
  assert.equal(stored(server, lobby, task.id)?.description, "mine");
});

test("two people who tick different items, and choose labels, have no conflict", async () => {
  const { server, lobby, made, account } = await stage();
  const items = ["a", "b", "c"].map((id) => ({ id, text: id, done: false }));
  const task = server.task(lobby, { checklist: items, labels: ["old"] });
  await until(() => account.tasks.of(task.id).value !== null);
  const ticked = (...ids: string[]) => items.map((item) => ({ ...item, done: ids.includes(item.id) }));
  await offline(server, made);
  account.tasks.update(task.id, { checklist: ticked("a") });
  account.tasks.update(task.id, { checklist: ticked("a", "b") });
  account.tasks.update(task.id, { labels: ["old", "mine"] });
  server.changeTask(task.id, { checklist: ticked("c"), labels: ["theirs"] });
  await online(server, made);
  await until(() => account.outbox.items.value.length === 0);
  const now = stored(server, lobby, task.id);
  assert.deepEqual(now?.checklist, ticked("a", "b", "c"));
  assert.deepEqual(now?.labels, ["theirs", "mine"]);
});

test("putting one's own text of an item unticks nothing of the other's", async () => {
  const { server, lobby, made, account } = await stage();
  const item = (id: string, text: string, done = false) => ({ id, text, done });
  const task = server.task(lobby, { checklist: [item("a", "a"), item("b", "b")] });
  await until(() => account.tasks.of(task.id).value !== null);
  await offline(server, made);
  account.tasks.update(task.id, { checklist: [item("a", "mine"), item("b", "b")] });
  server.changeTask(task.id, { checklist: [item("a", "theirs", true), item("b", "b", true)] });
  await online(server, made);
  await until(() => account.outbox.conflicts.value.length === 1);
  account.outbox.resolve(account.outbox.conflicts.value[0]?.order ?? 0, "mine");
  await until(() => account.outbox.items.value.length === 0);
  assert.deepEqual(stored(server, lobby, task.id)?.checklist, [item("a", "mine", true), item("b", "b", true)]);
});
