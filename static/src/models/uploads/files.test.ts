import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openDB } from "idb";
import { Browser, freshDevice, tab, until } from "../../testing/device.ts";
import { FakeServer } from "../../testing/server.ts";
import { keepUnsent, openDatabase } from "../database.ts";
import type { LocalFile } from "../local-files.ts";
import type { Account } from "../account.ts";
import { filesOf } from "./files.ts";
import type { Chosen } from "./trays.ts";

beforeEach(freshDevice);

const ALICE = 1;

export function chosen(name: string, content = name): Chosen {
  const blob = new Blob([content], { type: "text/plain" });
  const file: LocalFile = { id: crypto.randomUUID(), name, mime: blob.type, size: blob.size, width: null, height: null };
  return { file, blob };
}

async function offline() {
  const server = new FakeServer("alice", "bob");
  const chat = server.group(ALICE, 2);
  server.down = true;
  const browser = new Browser();
  const opened = await tab(server, ALICE, browser);
  return { server, chat, browser, ...opened, files: filesOf(opened.account) };
}

/** Until a transaction that began before is over. */
async function swept(account: Account): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await account.database.getAllKeys("blobs");
}

test("a message and its bytes are stored together, and shown at once", async () => {
  const { account, chat, files } = await offline();
  const photo = chosen("a.txt");
  files.send(chat, "look", { files: [photo.file] }, [photo]);
  assert.equal(account.outbox.shown.value.length, 1);
  await files.stored();
  const row = await account.database.get("blobs", photo.file.id);
  assert.equal(await row?.blob.text(), "a.txt");
});

test("a tray survives its tab, and is empty once it was sent", async () => {
  const { account, chat, files, server, browser } = await offline();
  const [one, two] = [chosen("one"), chosen("two")];
  files.tray(chat).add(one, two);
  files.tray(chat).move(two.file.id, one.file.id);
  files.tray(chat).change(one.file.id, { name: "first" });
  await files.stored();
  account.close();
  const again = filesOf((await tab(server, ALICE, browser)).account);
  await until(() => again.tray(chat).files.value.length === 2);
  const kept = again.tray(chat).files.value;
  assert.deepEqual(kept.map(({ name }) => name), ["two", "first"]);
  again.send(chat, "", { files: kept, where: String(chat) });
  assert.deepEqual(again.tray(chat).files.value, []);
});

test("what nothing names any more is swept, after its undo", async () => {
  const { account, chat, files, clock } = await offline();
  const [kept, gone] = [chosen("kept"), chosen("gone")];
  files.tray(chat).add(kept, gone);
  await files.stored();
  files.tray(chat).remove(gone.file.id);
  await files.stored();
  assert.equal(await account.database.count("blobs"), 2);
  await clock.advance(10_000);
  await swept(account);
  assert.equal(await account.database.count("blobs"), 2);
  await clock.advance(10_000);
  await swept(account);
  assert.deepEqual(await account.database.getAllKeys("blobs"), [kept.file.id]);
});

test("an address lasts as long as somebody shows it, and a moment more", async () => {
  const { chat, files, clock } = await offline();
  const photo = chosen("a");
  files.tray(chat).add(photo);
  const url = files.urls.of(photo.file.id);
  const [one, other] = [files.urls.hold(photo.file.id), files.urls.hold(photo.file.id)];
  await until(() => url.value !== null);
  one();
  one();
  await clock.advance(20_000);
  assert.notEqual(url.value, null);
  other();
  const again = files.urls.hold(photo.file.id);
  await clock.advance(20_000);
  assert.notEqual(url.value, null);
  again();
  await clock.advance(20_000);
  assert.equal(url.value, null);
});

test("a session that ended leaves the files of what was not sent, and no others", async () => {
  const { account, chat, files } = await offline();
  const [waiting, left, dropped] = [chosen("waiting"), chosen("left"), chosen("dropped")];
  files.send(chat, "", { files: [waiting.file] }, [waiting]);
  files.tray(chat).add(left, dropped);
  files.tray(chat).remove(dropped.file.id);
  await files.stored();
  assert.equal(await keepUnsent(account.database), 2);
  const ids = await account.database.getAllKeys("blobs");
  assert.deepEqual(ids.sort(), [waiting.file.id, left.file.id].sort());
});

test("signing out leaves no bytes, and no address of them", async () => {
  const { account, chat, files } = await offline();
  const photo = chosen("a");
  files.tray(chat).add(photo);
  await files.stored();
  files.urls.hold(photo.file.id);
  const url = files.urls.of(photo.file.id);
  await until(() => url.value !== null);
  await account.erase(false);
  assert.equal(url.value, null);
  const database = await openDatabase(ALICE);
  assert.deepEqual([await database.count("blobs"), await database.count("trays")], [0, 0]);
  database.close();
});

test("the outbox of a client without files goes on", async () => {
  const names = ["streams", "chats", "members", "messages", "users", "tasks", "columns", "outbox", "drafts", "meta"];
  const old = await openDB(`messenger-${ALICE}`, 1, {
    upgrade: (made) => names.forEach((name) => made.createObjectStore(name, { keyPath: name === "outbox" ? "order" : "id" })),
  });
  await old.put("outbox", { order: 7, kind: "message.send" });
  old.close();
  const database = await openDatabase(ALICE);
  assert.equal((await database.get("outbox", 7))?.kind, "message.send");
  assert.equal(await database.count("blobs"), 0);
  database.close();
});

test("files chosen for a comment go along when their task gets its number", async () => {
  const { account, files } = await offline();
  files.tray("task.-7.comment").add(chosen("one"));
  account.changes.publish([{ kind: "named", temporary: -7, id: 12 }]);
  await files.stored();
  assert.deepEqual(files.tray("task.-7.comment").files.value, []);
  assert.deepEqual(files.tray("task.12.comment").files.value.map(({ name }) => name), ["one"]);
  const rows = await account.database.getAll("trays");
  assert.deepEqual(rows.filter((row) => row.files.length > 0).map(({ where }) => where), ["task.12.comment"]);
});
