import assert from "node:assert/strict";
import { effect } from "@preact/signals-core";
import { beforeEach, test } from "node:test";
import { freshDevice, liveTab, tab, until } from "../testing/device.ts";
import { FakeServer } from "../testing/server.ts";
import type { Http } from "../lib/http.ts";
import { whole } from "./snapshots.ts";
import type { Snapshot, Task } from "./types.ts";

const [ALICE, BOB, CAROL] = [1, 2, 3];

beforeEach(freshDevice);

function company(): FakeServer {
  return new FakeServer("alice", "bob", "carol");
}

async function texts(account: Awaited<ReturnType<typeof tab>>["account"], chat: number) {
  const rows = await account.database.getAllFromIndex("messages", "n");
  return rows.filter((row) => row.chat_id === chat).map((row) => row.text);
}

test("a new device gets chats, people and messages", async () => {
  const server = company();
  const lobby = server.group(ALICE, BOB);
  server.send(BOB, lobby, "hello @alice");
  const { account } = await liveTab(server, ALICE);
  const entry = account.chats.of(lobby).value;
  assert.equal(entry?.last?.text, "hello @alice");
  assert.equal(entry?.unread, 1);
  assert.equal(account.people.name(BOB), "bob");
  assert.deepEqual(await texts(account, lobby), ["hello @alice"]);
});

test("many pages of chats all arrive, and what happens meanwhile too", async () => {
  const server = company();
  server.pageSize = 2;
  const chats = Array.from({ length: 7 }, () => server.group(ALICE, BOB));
  const { account } = await liveTab(server, ALICE);
  for (const chat of chats) server.send(BOB, chat, "now");
  await until(() => account.chats.list.value.length === 7);
  await until(() => account.chats.list.value.every((chat) => chat.unread === 1));
});

test("events are applied once, in order, and counted", async () => {
  const server = company();
  const lobby = server.group(ALICE, BOB);
  const { account } = await liveTab(server, ALICE);
  for (let count = 1; count <= 30; count += 1) server.send(BOB, lobby, `m${count}`);
  await until(() => account.chats.of(lobby).value?.unread === 30);
  assert.equal((await texts(account, lobby)).length, 30);
});

test("a device that was away gets exactly what it missed", async () => {
  const server = company();
  const lobby = server.group(ALICE, BOB);
  const first = await liveTab(server, ALICE);
  server.send(BOB, lobby, "one");
  await until(() => first.account.chats.of(lobby).value?.unread === 1);
  first.account.close();
  for (const text of ["two", "three"]) server.send(BOB, lobby, text);
  const asked = server.requests.length;
  const { account } = await liveTab(server, ALICE);
  assert.deepEqual(await texts(account, lobby), ["one", "two", "three"]);
  assert.equal(account.chats.of(lobby).value?.unread, 3);
  const requests = server.requests.slice(asked);
  assert.ok(!requests.some((each) => each.includes("bootstrap") || each.includes("snapshot")));
});

test("a connection that breaks comes back with what was missed", async () => {
  const server = company();
  const lobby = server.group(ALICE, BOB);
  const { account, clock } = await liveTab(server, ALICE);
  server.down = true;
  server.cut();
  await until(() => account.link.state.value === "offline");
  server.send(BOB, lobby, "while away");
  server.down = false;
  await clock.advance(40_000);
  await until(() => account.link.state.value === "live");
  assert.deepEqual(await texts(account, lobby), ["while away"]);
});

test("an event that is missing in between is asked for", async () => {
  const server = company();
  const lobby = server.group(ALICE, BOB);
  const { account } = await liveTab(server, ALICE);
  const [socket] = server.sockets;
  assert.ok(socket);
  socket.skip = 1;
  server.send(BOB, lobby, "lost");
  server.send(BOB, lobby, "seen");
  await until(() => account.chats.of(lobby).value?.unread === 2);
  assert.deepEqual(await texts(account, lobby), ["lost", "seen"]);
});

test("a cursor of no use leads to a snapshot, and nothing of the past stays wrong", async () => {
  const server = company();
  const lobby = server.group(ALICE, BOB);
  const { seq } = server.send(BOB, lobby, "to be deleted");
  const first = await liveTab(server, ALICE);
  first.account.close();
  server.change(lobby, seq, "message.deleted", {
    text: "",
    deleted_at: "2026-11-21T09:31:00.000Z",
  });
  for (let count = 0; count < 5; count += 1) server.send(BOB, lobby, `m${count}`);
  server.forgetLog(lobby);
  const { account } = await liveTab(server, ALICE);
  await until(() => account.chats.of(lobby).value?.last?.text === "m4");
  assert.deepEqual(await texts(account, lobby), ["", "m0", "m1", "m2", "m3", "m4"]);
});

test("a restored backup is read anew, and what one wrote is kept", async () => {
  const server = company();
  const lobby = server.group(ALICE, BOB);
  server.send(BOB, lobby, "before");
  const first = await liveTab(server, ALICE);
  server.down = true;
  server.cut();
  first.account.writing.send(lobby, "written meanwhile");
  await first.account.outbox.stored();
  first.account.close();
  server.down = false;
  server.epoch = 2;
  const { account } = await liveTab(server, ALICE);
  await until(() => server.room(lobby).messages.length === 2);
  await until(() => account.outbox.items.value.length === 0);
  assert.deepEqual(await texts(account, lobby), ["before", "written meanwhile"]);
});

test("while all is read anew nothing is called empty or missing that is still to come", async () => {
  const server = company();
  for (let n = 0; n < 70; n += 1) server.group(ALICE, BOB);
  const first = await liveTab(server, ALICE);
  await until(() => first.account.chats.complete.value);
  const all = first.account.chats.list.value.length;
  first.account.close();
  server.epoch = 2;
  const { account } = await tab(server, ALICE);
  const seen: [boolean, boolean, number][] = [];
  const { chats } = account;
  const stop = effect(() => {
    seen.push([chats.ready.value, chats.complete.value, chats.list.value.length]);
  });
  await until(() => seen.some(([, complete]) => !complete) && chats.complete.value);
  stop();
  assert.deepEqual(seen.filter(([ready, , count]) => ready && count === 0), []);
  assert.deepEqual(seen.filter(([, complete, count]) => complete && count < all), []);
  assert.ok(seen.some(([ready, complete]) => ready && !complete));
});

test("a chat one is taken into appears with its past, and goes when one is taken out", async () => {
  const server = company();
  const lobby = server.group(BOB, CAROL);
  server.send(BOB, lobby, "long ago");
  const { account } = await liveTab(server, ALICE);
  server.join(lobby, ALICE);
  server.send(BOB, lobby, "welcome");
  await until(() => account.chats.of(lobby).value?.last?.text === "welcome");
  assert.deepEqual(await texts(account, lobby), ["long ago", "welcome"]);
  server.leave(lobby, ALICE);
  await until(() => account.chats.of(lobby).value === null);
  assert.deepEqual(await texts(account, lobby), []);
});

test("a chat one was taken out of while away is gone", async () => {
  const server = company();
  const lobby = server.group(ALICE, BOB);
  const first = await liveTab(server, ALICE);
  first.account.close();
  server.leave(lobby, ALICE);
  const { account } = await liveTab(server, ALICE);
  assert.equal(account.chats.of(lobby).value, null);
});

test("reading moves the mark here and on the server", async () => {
  const server = company();
  const lobby = server.group(ALICE, BOB);
  const { account } = await liveTab(server, ALICE);
  server.send(BOB, lobby, "one");
  const { seq } = server.send(BOB, lobby, "two @alice");
  server.send(BOB, lobby, "three");
  await until(() => account.chats.of(lobby).value?.unread === 3);
  assert.equal(account.chats.of(lobby).value?.mentions, 1);
  await account.writing.markRead(lobby, seq);
  assert.equal(account.chats.of(lobby).value?.unread, 1);
  assert.equal(account.chats.of(lobby).value?.mentions, 0);
  await until(() => server.my(lobby, ALICE).read_seq === seq);
});

test("deleted messages are not unread, wherever they are deleted", async () => {
  const server = company();
  const lobby = server.group(ALICE, BOB);
  const sent = Array.from({ length: 60 }, (_, n) => server.send(BOB, lobby, `text ${n}`));
  const gone = { text: "", deleted_at: "x" };
  const remove = (at: number): void => {
    server.change(lobby, sent[at]?.seq ?? 0, "message.deleted", gone);
  };
  remove(0);
  const { account } = await liveTab(server, ALICE);
  const unread = (): number | undefined => account.chats.of(lobby).value?.unread;
  await until(() => unread() === 59);
  // One that the snapshot did not bring, one that it did, one that came live.
  remove(1);
  await until(() => unread() === 58);
  remove(59);
  await until(() => unread() === 57);
  const live = server.send(BOB, lobby, "live");
  await until(() => unread() === 58);
  server.change(lobby, live.seq, "message.deleted", gone);
  await until(() => unread() === 57);
  await account.writing.markRead(lobby, sent[55]?.seq ?? 0);
  await until(() => server.my(lobby, ALICE).unread === 3);
  assert.equal(unread(), 3);
  remove(55);
  server.send(BOB, lobby, "on");
  await until(() => unread() === 4);
});

test("the tasks of a large board come in pages behind its snapshot", async () => {
  const task = (id: number): Task => ({ id, rev: id }) as Task;
  const pages: Record<number, { data: Task[]; next: number | null }> = {
    2: { data: [task(3), task(4)], next: 4 },
    4: { data: [task(5)], next: null },
  };
  const page = (path: string, query: { after: number }): unknown => {
    assert.equal(path, "/chats/7/tasks");
    return Promise.resolve(pages[query.after]);
  };
  const snapshot = { chat: { id: 7 }, tasks: [task(1), task(2)], tasks_next: 2 } as Snapshot;
  const all = await whole({ page } as unknown as Http, snapshot);
  assert.deepEqual(
    all.tasks.map(({ id }) => id),
    [1, 2, 3, 4, 5],
  );
});

test("a mark from another device counts; an older one does not", async () => {
  const server = company();
  const lobby = server.group(ALICE, BOB);
  const { account } = await liveTab(server, ALICE);
  const one = server.send(BOB, lobby, "one");
  const two = server.send(BOB, lobby, "two");
  await until(() => account.chats.of(lobby).value?.unread === 2);
  const [socket] = server.sockets;
  socket?.says({
    type: "mark",
    chat_id: lobby,
    read_seq: two.seq,
    received_seq: two.seq,
    read_n: 2,
  });
  await until(() => account.chats.of(lobby).value?.unread === 0);
  socket?.says({
    type: "mark",
    chat_id: lobby,
    read_seq: one.seq,
    received_seq: one.seq,
    read_n: 1,
  });
  server.send(BOB, lobby, "three");
  await until(() => account.chats.of(lobby).value?.unread === 1);
});

test("reactions add up, and applied again change nothing", async () => {
  const server = company();
  const lobby = server.group(ALICE, BOB);
  const { account } = await liveTab(server, ALICE);
  const { seq } = server.send(BOB, lobby, "one");
  const [socket] = server.sockets;
  const event = {
    type: "reaction.added",
    stream: lobby,
    seq: server.seq(lobby) + 1,
    at: "2026-11-21T09:30:00.000Z",
    by: BOB,
    data: { chat_id: lobby, seq, emoji: "👍", user_id: BOB },
  };
  socket?.says(event);
  socket?.says(event);
  const held = account.chats.message(lobby, seq);
  await until(() => (held.value?.reactions.length ?? 0) > 0);
  assert.deepEqual(held.value?.reactions, [{ emoji: "👍", count: 1, user_ids: [BOB] }]);
});

test("events of types that nobody knows move the cursor", async () => {
  const server = company();
  const lobby = server.group(ALICE, BOB);
  const { account } = await liveTab(server, ALICE);
  const [socket] = server.sockets;
  server.logs.get(lobby)?.push({
    type: "poll.opened",
    stream: lobby,
    seq: server.seq(lobby) + 1,
    at: "",
    by: null,
    data: {},
  });
  socket?.says(server.logs.get(lobby)?.at(-1) as object);
  server.send(BOB, lobby, "after");
  await until(() => account.chats.of(lobby).value?.last?.text === "after");
  assert.equal(server.requests.filter((each) => each === "subscribe").length, 1);
});

test("this device's own session, ended elsewhere, ends it", async () => {
  const server = company();
  const made = await liveTab(server, ALICE);
  const [socket] = server.sockets;
  const at = { stream: ALICE, at: "", by: null };
  socket?.says({
    ...at,
    type: "session.revoked",
    seq: server.seq(ALICE) + 1,
    data: { session_id: "other" },
  });
  socket?.says({
    ...at,
    type: "session.revoked",
    seq: server.seq(ALICE) + 2,
    data: { session_id: "s" },
  });
  await until(() => made.revoked() === 1);
});
