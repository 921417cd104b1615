import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { indexOf, nameOf, openDatabase } from "./database.ts";
import { FakeClock } from "../testing/clock.ts";
import { Browser, freshDevice, until, worldOf } from "../testing/device.ts";
import { connectAs } from "../testing/network.ts";
import { FakeServer } from "../testing/server.ts";
import { Unreachable } from "../lib/errors.ts";
import type { Account } from "./account.ts";
import { Shelf } from "./search/shelf.ts";
import { wordsOf } from "./words-of.ts";
import { Session } from "./session.ts";
import type { ServerSettings } from "./contract.ts";
import type { PublicSettings } from "./types.ts";

const [ALICE, BOB] = [1, 2];

beforeEach(freshDevice);

function settingsWith(changed: Partial<PublicSettings>): PublicSettings {
  const organisation = { name: "North", accent: "rose", locale: "en" } as const;
  const bytes = { file_max_bytes: 1000, zip_max_bytes: 1000, message_max_length: 300 };
  const whether = { direct_chats: true, mail: true, registration: "invite" };
  return { organisation, default_locale: "en", common_titles: [], ...bytes, ...whether, ...changed };
}

function stage() {
  const told: PublicSettings[] = [];
  const server = new FakeServer("alice", "bob");
  const lobby = server.group(ALICE, BOB);
  const browser = new Browser();
  const { memory } = browser;
  /** A tab in which this person is about to sign in. */
  const sessionOf = (
    user_id: number,
    cookie: () => number = () => user_id,
    socket: () => number = cookie,
  ): Session =>
    new Session({
      world: {
        ...worldOf(server, cookie, browser, new FakeClock()),
        connect: () => connectAs(server, socket()),
      },
      channel: browser.channel("session"),
      settings: {} as ServerSettings,
      told: (settings) => told.push(settings),
      databases: async () => (await indexedDB.databases()).flatMap(({ name }) => name ?? []),
    });
  return { server, lobby, memory, sessionOf, told };
}

async function databases(): Promise<string[]> {
  return (await indexedDB.databases()).flatMap(({ name }) => name ?? []);
}

test("nobody is signed in on a new device, and nothing is asked of the server", async () => {
  const { server, sessionOf } = stage();
  const session = sessionOf(ALICE);
  await session.start();
  assert.equal(session.state.value, "out");
  assert.deepEqual(server.requests, []);
});

test("who signed in is signed in after a reload, also without a connection", async () => {
  const { server, lobby, sessionOf } = stage();
  server.send(BOB, lobby, "hello");
  const first = sessionOf(ALICE);
  await first.start();
  await first.signIn("alice", "secret");
  await until(() => first.account.value?.chats.of(lobby).value?.last?.text === "hello");
  first.account.value?.close();
  server.down = true;
  const second = sessionOf(ALICE);
  await second.start();
  assert.equal(second.state.value, "in");
  assert.equal(second.account.value?.chats.of(lobby).value?.last?.text, "hello");
});

test("what the server wants kept to is told at each welcome, and at once when it changes", async () => {
  const { server, sessionOf, told } = stage();
  const session = sessionOf(ALICE);
  await session.start();
  server.settings = settingsWith({ registration: "open" });
  await session.signIn("alice", "secret");
  await until(() => session.settings.registration === "open");
  const closed = settingsWith({ registration: "closed", direct_chats: false });
  for (const socket of server.sockets) socket.says({ type: "public_settings.changed", settings: closed });
  await until(() => session.settings.registration === "closed");
  assert.equal(session.settings.direct_chats, false);
  assert.deepEqual(told, [server.settings, closed]);
});

test("the index of the search goes with who signs out, and with who was here before", async () => {
  const { sessionOf } = stage();
  const session = sessionOf(ALICE);
  await session.start();
  await session.signIn("alice", "secret");
  const shelf = await Shelf.open(indexOf(ALICE));
  await shelf.put({ chat_id: 1, seq: 1, count: 0, segments: [] });
  await session.signOut();
  assert.ok(!(await databases()).includes(indexOf(ALICE)));
  await Shelf.open(indexOf(ALICE));
  (await openDatabase(ALICE)).close();
  const other = sessionOf(BOB);
  await other.start();
  await other.signIn("bob", "secret");
  assert.ok(!(await databases()).includes(indexOf(ALICE)));
});

test("signing out leaves nothing of the account", async () => {
  const { memory, sessionOf } = stage();
  const session = sessionOf(ALICE);
  await session.signIn("alice", "secret");
  const account = session.account.value;
  account?.writing.send(100, "unsent");
  await session.signOut();
  assert.equal(session.state.value, "out");
  assert.deepEqual([...memory.held.keys()], []);
  const { openDatabase, STORES } = await import("./database.ts");
  const database = await openDatabase(ALICE);
  for (const store of STORES) assert.equal(await database.count(store), 0, store);
});

test("signing out without a connection is made good at the next start", async () => {
  const { server, sessionOf } = stage();
  const first = sessionOf(ALICE);
  await first.signIn("alice", "secret");
  server.down = true;
  await first.signOut();
  server.down = false;
  const second = sessionOf(ALICE);
  await second.start();
  assert.equal(second.state.value, "out");
  assert.ok(server.requests.includes("POST /auth/logout"));
});

test("a session that the server ended keeps what was not sent, for the same person", async () => {
  const { server, lobby, sessionOf } = stage();
  const first = sessionOf(ALICE);
  await first.signIn("alice", "secret");
  await until(() => first.account.value?.link.state.value === "live");
  server.refuse(/^message.send$/, 503, "unavailable", 9, { retry_after_ms: 60_000 });
  first.account.value?.writing.send(lobby, "unsent");
  await first.account.value?.outbox.stored();
  server.cut(4403);
  await until(() => first.state.value === "out");
  assert.ok(first.ended.value);
  server.refusals.length = 0;
  // Two sessions of one page would wait for each other.
  await new Promise((later) => setTimeout(later, 50));
  const second = sessionOf(ALICE);
  await second.signIn("alice", "secret");
  const outbox = second.account.value?.outbox;
  await until(() => second.account.value?.link.state.value === "live");
  const [kept] = outbox?.failed.value ?? [];
  assert.deepEqual([kept && wordsOf(kept), kept?.error?.code], ["unsent", "session_ended"]);
  assert.equal(server.room(lobby).messages.length, 0);
  outbox?.retry(kept?.order ?? 0);
  await until(() => server.room(lobby).messages.length === 1);
  assert.equal(server.room(lobby).messages[0]?.sender_id, ALICE);
});

test("a session that the server ended leaves nothing else, however it was stored", async () => {
  const { server, lobby, sessionOf } = stage();
  const { seq } = server.send(BOB, lobby, "bob's secret");
  const task = server.task(lobby, { description: "bob's plan" });
  const first = sessionOf(ALICE);
  await first.signIn("alice", "secret");
  const account = first.account.value as Account;
  await until(() => account.tasks.of(task.id).value !== null);
  account.drafts.set(lobby, "known to the server");
  server.down = true;
  server.cut();
  await until(() => account.link.state.value === "offline");
  account.tasks.update(task.id, { description: "alice's plan" });
  await account.writing.markRead(lobby, seq);
  await account.outbox.stored();
  const { database, http } = account;
  await database.put("drafts", { chat_id: lobby, text: "known to the server", dirty: false });
  http.onSignedOut();
  await until(() => first.state.value === "out");
  const { openDatabase, STORES } = await import("./database.ts");
  await until(() => first.account.value === null);
  await new Promise((later) => setTimeout(later, 50));
  const left = await openDatabase(ALICE);
  const rows = await Promise.all(STORES.map((store) => left.getAll(store)));
  assert.equal(JSON.stringify(rows).match(/bob's|known to the server|read.mark/), null);
  assert.equal(rows.flat().length, 1);
});

test("another person neither sees nor sends what was left", async () => {
  const { server, lobby, sessionOf } = stage();
  const first = sessionOf(ALICE);
  await first.signIn("alice", "secret");
  await until(() => first.account.value?.link.state.value === "live");
  server.refuse(/^message.send$/, 503, "unavailable", 9, { retry_after_ms: 60_000 });
  first.account.value?.writing.send(lobby, "alice's");
  await first.account.value?.outbox.stored();
  server.cut(4403);
  await until(() => first.state.value === "out");
  server.refusals.length = 0;
  const second = sessionOf(BOB);
  await second.signIn("bob", "secret");
  await until(() => second.account.value?.link.state.value === "live");
  assert.equal(second.account.value?.outbox.items.value.length, 0);
  assert.deepEqual(server.room(lobby).messages, []);
  await second.signOut();
  const third = sessionOf(ALICE);
  await third.signIn("alice", "secret");
  assert.deepEqual(third.account.value?.outbox.failed.value.map(wordsOf), ["alice's"]);
});

test("what is left of somebody with nothing unsent is removed when another comes", async () => {
  const { server, sessionOf } = stage();
  const first = sessionOf(ALICE);
  await first.signIn("alice", "secret");
  await until(() => first.account.value?.link.state.value === "live");
  server.cut(4403);
  await until(() => first.state.value === "out");
  await sessionOf(BOB).signIn("bob", "secret");
  assert.deepEqual(await databases(), [nameOf(BOB)]);
});

test("a token or a welcome of another account sends nothing, and ends nobody else's session", async () => {
  const { server, lobby, memory, sessionOf } = stage();
  let cookie = ALICE;
  const asleep = sessionOf(ALICE, () => cookie);
  await asleep.signIn("alice", "secret");
  const account = asleep.account.value as Account;
  await until(() => account.link.state.value === "live");
  server.down = true;
  server.cut();
  await until(() => account.link.state.value === "offline");
  account.writing.send(lobby, "alice's own");
  account.tasks.create({ title: "alice's own", chat_id: lobby });
  await account.outbox.stored();
  server.down = false;
  cookie = BOB;
  memory.setItem("messenger.account", JSON.stringify(server.me(BOB)));
  account.http.forget();
  account.link.retryNow();
  await until(() => asleep.account.value?.user_id === BOB);
  await until(() => asleep.account.value?.link.state.value === "live");
  assert.deepEqual(server.room(lobby).messages, []);
  assert.equal(server.room(lobby).tasks.size, 0);
  assert.equal(asleep.account.value?.outbox.items.value.length, 0);
});

test("a welcome alone of another account ends it, too", async () => {
  const { server, lobby, sessionOf } = stage();
  let socket = ALICE;
  const session = sessionOf(ALICE, () => ALICE, () => socket);
  await session.signIn("alice", "secret");
  const account = session.account.value as Account;
  await until(() => account.link.state.value === "live");
  socket = BOB;
  account.writing.send(lobby, "before");
  await until(() => account.outbox.items.value.length === 0);
  server.cut();
  account.writing.send(lobby, "not as bob");
  account.link.retryNow();
  await until(() => session.state.value === "out");
  assert.deepEqual(
    server.room(lobby).messages.map(({ text }) => text),
    ["before"],
  );
});

test("who signed out without a connection is signed out before anybody else comes in", async () => {
  const { server, sessionOf } = stage();
  const session = sessionOf(ALICE, () => cookie);
  let cookie = ALICE;
  await session.signIn("alice", "secret");
  server.down = true;
  await session.signOut();
  await assert.rejects(session.signIn("bob", "secret"), Unreachable);
  server.down = false;
  const before = server.requests.length;
  const signedOut = session.signIn("bob", "secret");
  cookie = BOB;
  await signedOut;
  const asked = server.requests.slice(before).filter((each) => each.includes("/auth/"));
  assert.deepEqual(asked.slice(0, 2), ["POST /auth/logout", "POST /auth/login"]);
});

test("signing out in one tab signs out of the others", async () => {
  const { sessionOf } = stage();
  const [one, other] = [sessionOf(ALICE), sessionOf(ALICE)];
  await other.start();
  await one.signIn("alice", "secret");
  await until(() => other.state.value === "in");
  await one.signOut();
  await until(() => other.state.value === "out");
});
