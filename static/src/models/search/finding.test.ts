import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { wordsIn } from "../../lib/search/matching.ts";
import { freshDevice } from "../../testing/device.ts";
import { newMessage } from "../../testing/rows.ts";
import { type Database, indexOf, openDatabase } from "../database.ts";
import type { Message } from "../types.ts";
import { Finding } from "./finding.ts";
import { EVERYTHING, type Wanted } from "./hits.ts";
import { Shelf } from "./shelf.ts";
import { Units } from "./units.ts";

const [ALICE, BOB, CHAT, OTHER] = [1, 2, 17, 18];

beforeEach(freshDevice);

function said(seq: number, text: string, fields: Partial<Message> = {}): Message {
  const created_at = new Date(Date.UTC(2026, 10, 1, 0, seq)).toISOString();
  return { ...newMessage(CHAT, seq, seq), sender_id: BOB, client_message_id: `m${seq}`, text, created_at, rev: seq, ...fields };
}

async function put(database: Database, ...messages: Message[]): Promise<void> {
  for (const message of messages) {
    await database.put("messages", message);
    const { chat_id, rev } = message;
    await database.put("streams", { id: chat_id, seq: rev });
    await database.put("chats", { id: chat_id, last: message } as never);
  }
}

async function device(...messages: Message[]) {
  const database = await openDatabase(ALICE);
  await put(database, ...messages);
  return { database, ...(await visit(database)) };
}

async function visit(database: Database, shelf?: Shelf) {
  const units = new Units(database as never, shelf ?? (await Shelf.open(indexOf(ALICE))));
  const finding = new Finding(database as never, units);
  await units.refresh();
  const find = async (typed: string, more: Partial<Wanted> = {}): Promise<string[]> => {
    const wanted = { ...EVERYTHING, words: wordsIn(typed, true), own: ALICE, ...more };
    return (await finding.find(wanted, 20)).hits.map(({ key }) => key);
  };
  return { units, finding, find };
}

test("words are found in all their forms, the latest first", async () => {
  const { find } = await device(said(1, "договор"), said(2, "счёт"), said(3, "договорами"));
  assert.deepEqual(await find("договоры"), ["message:17:3", "message:17:1"]);
});

test("what is found stands between what was said before and after", async () => {
  const { finding } = await device(said(1, "Когда?"), said(2, "Завтра подпишем договор"), said(3, "Хорошо"));
  const { hits, whole } = await finding.find({ ...EVERYTHING, words: wordsIn("договор"), own: ALICE }, 20);
  const [hit] = hits;
  assert.deepEqual([hit?.before?.text, hit?.after?.text, whole], ["Когда?", "Хорошо", true]);
  assert.deepEqual(hit?.text, { text: "Завтра подпишем договор", ranges: [[16, 23]] });
});

test("an edit and a deletion are followed at once, and at the next visit", async () => {
  const { database, units, find } = await device(said(1, "договор"), said(2, "договор"));
  const changes = [said(1, "счёт", { rev: 3 }), said(2, "", { rev: 4, deleted_at: "2026-11-02T00:00:00.000Z" })];
  await put(database, ...changes);
  units.note(changes);
  for (const ask of [find, (await visit(database)).find]) {
    assert.deepEqual(await ask("договор"), []);
    assert.deepEqual(await ask("счета"), ["message:17:1"]);
  }
});

test("much that comes while one searches is put into the index, and found all the while", async () => {
  const { database, units, find } = await device(said(1, "счёт"));
  const fresh = Array.from({ length: 600 }, (_, at) => said(at + 2, at % 100 === 0 ? "договор" : "акт"));
  await put(database, ...fresh);
  for (const message of fresh) units.note([message]);
  const ask = async (): Promise<number> => (await find("договор")).length;
  assert.equal(await ask(), 6);
  await units.refresh();
  assert.equal(await ask(), 6);
  assert.ok((units.segmentsOf(CHAT).at(-1)?.ids.length ?? 0) <= 100, "what is beside the pieces stays small");
});

test("what was read once is not read again", async () => {
  const { database } = await device(said(1, "договор"));
  await database.put("messages", said(1, "счёт", { rev: 1 }));
  // Nothing says that it has changed: the index still has it as it was.
  const { find } = await visit(database);
  assert.deepEqual([await find("счёт"), await find("договор")], [[], []]);
});

test("a chat that was left is found no more", async () => {
  const { database } = await device(said(1, "договор"), said(1, "договор", { chat_id: OTHER }));
  await database.delete("chats", OTHER);
  await database.delete("messages", [OTHER, 1]);
  const { find, units } = await visit(database);
  assert.deepEqual([await find("договор"), units.chats], [["message:17:1"], [CHAT]]);
});

test("where nothing can be kept all is found still", async () => {
  const { database } = await device(said(1, "договор"));
  const shelf = await Shelf.open(indexOf(ALICE));
  // As after a write for which there was no room.
  shelf.close();
  const { find } = await visit(database, shelf);
  assert.deepEqual(await find("договор"), ["message:17:1"]);
});

test("the operators choose among what is found", async () => {
  const file = { id: "f1", name: "Договор аренды.pdf", folder: null, mime: "application/pdf" } as Message["files"][number];
  const messages = [
    said(1, "договор", { sender_id: ALICE }),
    said(2, "договор https://example.org"),
    said(3, "вот", { files: [file] }),
    said(4, "договор", { task_id: 5 }),
    said(5, "договор", { pinned_at: "2026-11-02T00:00:00.000Z" }),
  ];
  const { find } = await device(...messages);
  assert.deepEqual(await find("договор", { from: [ALICE] }), ["message:17:1"]);
  assert.deepEqual(await find("договор", { is: ["mine"] }), ["message:17:1"]);
  assert.deepEqual(await find("договор", { has: ["link"] }), ["message:17:2"]);
  assert.deepEqual(await find("договор", { kind: "file" }), ["file:f1"]);
  assert.deepEqual(await find("", { has: ["file"] }), ["message:17:3"]);
  assert.deepEqual(await find("договор", { kind: "comment" }), ["message:17:4"]);
  assert.deepEqual(await find("договор", { is: ["pinned"] }), ["message:17:5"]);
  assert.deepEqual(await find("договор", { until: Date.UTC(2026, 10, 1, 0, 2) }), ["message:17:1"]);
  assert.deepEqual(await find("договор", { chats: [OTHER] }), []);
});
