import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { nameOf } from "../lib/database.ts";
import { FakeClock } from "../testing/clock.ts";
import { Browser, freshDevice, until, worldOf } from "../testing/device.ts";
import { FakeServer } from "../testing/server.ts";
import { type Memory, Session } from "./session.ts";
import type { ServerSettings } from "./types.ts";

const [ALICE, BOB] = [1, 2];

beforeEach(freshDevice);

class FakeMemory implements Memory {
  readonly held = new Map<string, string>();
  getItem = (name: string): string | null => this.held.get(name) ?? null;
  setItem = (name: string, value: string): void => void this.held.set(name, value);
  removeItem = (name: string): void => void this.held.delete(name);
}

function stage() {
  const server = new FakeServer("alice", "bob");
  const lobby = server.group(ALICE, BOB);
  const browser = new Browser();
  const memory = new FakeMemory();
  /** A tab in which this person is about to sign in. */
  const sessionOf = (user_id: number): Session =>
    new Session({
      world: worldOf(server, user_id, browser, new FakeClock()),
      memory,
      channel: browser.channel("session"),
      settings: {} as ServerSettings,
      databases: async () => (await indexedDB.databases()).flatMap(({ name }) => name ?? []),
    });
  return { server, lobby, memory, sessionOf };
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

test("signing out leaves nothing of the account", async () => {
  const { memory, sessionOf } = stage();
  const session = sessionOf(ALICE);
  await session.signIn("alice", "secret");
  const account = session.account.value;
  account?.chats.send(100, "unsent");
  await session.signOut();
  assert.equal(session.state.value, "out");
  assert.deepEqual([...memory.held.keys()], []);
  const { openDatabase, STORES } = await import("../lib/database.ts");
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
  first.account.value?.chats.send(lobby, "unsent");
  await first.account.value?.outbox.stored();
  server.cut(4403);
  await until(() => first.state.value === "out");
  assert.ok(first.ended.value);
  server.refusals.length = 0;
  const second = sessionOf(ALICE);
  await second.signIn("alice", "secret");
  await until(() => server.room(lobby).messages.length === 1);
  assert.equal(server.room(lobby).messages[0]?.sender_id, ALICE);
});

test("another person neither sees nor sends what was left", async () => {
  const { server, lobby, sessionOf } = stage();
  const first = sessionOf(ALICE);
  await first.signIn("alice", "secret");
  await until(() => first.account.value?.link.state.value === "live");
  server.refuse(/^message.send$/, 503, "unavailable", 9, { retry_after_ms: 60_000 });
  first.account.value?.chats.send(lobby, "alice's");
  await first.account.value?.outbox.stored();
  server.cut(4403);
  await until(() => first.state.value === "out");
  server.refusals.length = 0;
  const second = sessionOf(BOB);
  await second.signIn("bob", "secret");
  await until(() => second.account.value?.link.state.value === "live");
  assert.deepEqual(await databases(), [nameOf(BOB)]);
  assert.equal(second.account.value?.outbox.items.value.length, 0);
  assert.deepEqual(server.room(lobby).messages, []);
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
