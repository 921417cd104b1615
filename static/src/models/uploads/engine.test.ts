import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { settled } from "../../testing/clock.ts";
import { Browser, freshDevice, liveTab, type Tab, tab, until } from "../../testing/device.ts";
import { FakeServer } from "../../testing/server.ts";
import type { LocalFile } from "../local-files.ts";
import { filesOf } from "./files.ts";
import type { Chosen } from "./trays.ts";

beforeEach(freshDevice);

const ALICE = 1;
const MB = 1024 * 1024;

function chosen(name: string, size = 5, more: Partial<LocalFile> = {}): Chosen {
  const blob = new Blob([new Uint8Array(size)], { type: "text/plain" });
  const file = { id: crypto.randomUUID(), name, mime: blob.type, size, width: null, height: null, ...more };
  return { file, blob };
}

function stage() {
  const server = new FakeServer("alice", "bob");
  const chat = server.group(ALICE, 2);
  const messages = () => server.room(chat).messages;
  const sent = (): [string, string[]][] => messages().map(({ text, files }) => [text, files.map(({ name }) => name)]);
  const asked = (what: string): number => server.requests.filter((each) => each.startsWith(what)).length;
  return { server, chat, sent, asked };
}

function send({ account }: Tab, chat: number, text: string, ...all: Chosen[]): void {
  filesOf(account).send(chat, text, { files: all.map(({ file }) => file) }, all);
}

/** Let a request be waited for until the result is called. */
function hold(server: FakeServer, fits: (path: string) => boolean): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.files.gate = ({ address }) => (fits(address) ? promise : undefined);
  return () => {
    server.files.gate = () => {};
    resolve();
  };
}

async function advance(one: Tab, ms: number): Promise<void> {
  for (let past = 0; past < ms; past += 100) await one.clock.advance(100);
}

test("photos written offline go out once, as one message, from another tab", async () => {
  const { server, chat, sent } = stage();
  server.down = true;
  const first = await tab(server, ALICE);
  send(first, chat, "trip", chosen("a"), chosen("b", 2 * MB), chosen("c"));
  await filesOf(first.account).stored();
  first.account.close();
  server.down = false;
  const second = await liveTab(server, ALICE);
  await until(() => second.account.outbox.waiting.value === 0);
  assert.deepEqual(sent(), [["trip", ["a", "b", "c"]]]);
  await advance(second, 25_000);
  await until(() => second.account.outbox.items.value.length === 0);
  for (let turn = 0; turn < 10; turn += 1) await settled();
  assert.deepEqual(await second.account.database.getAllKeys("blobs"), []);
  assert.deepEqual(await second.account.database.getAllKeys("uploads"), []);
});

test("a large file goes on where the line broke", async () => {
  const { server, chat, sent, asked } = stage();
  const one = await liveTab(server, ALICE);
  server.files.breaksAfter = 3 * MB;
  send(one, chat, "", chosen("film", 10 * MB));
  await until(() => asked("PATCH") === 1);
  await settled();
  await advance(one, 1000);
  await until(() => one.account.outbox.waiting.value === 0);
  assert.deepEqual(sent(), [["", ["film"]]]);
  assert.deepEqual([asked("POST /uploads/resumable"), asked("PATCH")], [1, 2]);
});

test("another tab goes on with what the leading one was uploading", async () => {
  const { server, chat, sent, asked } = stage();
  const browser = new Browser();
  const leading = await liveTab(server, ALICE, browser);
  const other = await liveTab(server, ALICE, browser);
  server.files.breaksAfter = 9 * MB;
  send(leading, chat, "", chosen("film", 20 * MB));
  const film = other.account.outbox.shown;
  await until(() => film.value.length === 1);
  await until(() => asked("PATCH") === 2);
  leading.account.close();
  await until(() => sent().length === 1);
  assert.deepEqual(sent(), [["", ["film"]]]);
  assert.equal(asked("POST /uploads/resumable"), 1);
  assert.equal(server.files.stored.size, 1);
  await until(() => other.account.outbox.waiting.value === 0);
});

test("an answer that was lost makes no second file", async () => {
  const { server, chat, sent } = stage();
  const one = await liveTab(server, ALICE);
  server.lost = 1;
  send(one, chat, "", chosen("a"));
  await until(() => server.lost === 0);
  await settled();
  await advance(one, 1000);
  await until(() => sent().length === 1);
  assert.equal(server.files.stored.size, 1);
});

test("what is written behind photos waits for them, in that chat alone", async () => {
  const { server, chat, sent } = stage();
  const other = server.group(ALICE, 2);
  const one = await liveTab(server, ALICE);
  const go = hold(server, (path) => path.includes("/files"));
  send(one, chat, "", chosen("a"));
  one.account.writing.send(chat, "look");
  one.account.writing.send(other, "elsewhere");
  await until(() => server.room(other).messages.length === 1);
  assert.deepEqual(sent(), []);
  go();
  await until(() => sent().length === 2);
  assert.deepEqual(sent(), [["", ["a"]], ["look", []]]);
});

test("it does not wait for long, and not for what is large", async () => {
  const { server, chat, sent } = stage();
  const one = await liveTab(server, ALICE);
  const go = hold(server, (path) => path.includes("/files") || path.includes("/uploads"));
  const small = chosen("a");
  send(one, chat, "", small);
  one.account.writing.send(chat, "look");
  await until(() => filesOf(one.account).progress(small.file.id).value !== null);
  await advance(one, 10_000);
  await until(() => sent().length === 1);
  send(one, chat, "", chosen("film", 9 * MB));
  one.account.writing.send(chat, "at once");
  await until(() => sent().length === 2);
  go();
  await until(() => sent().length === 4);
});

test("a file that is refused is set aside with its message, which goes without it", async () => {
  const { server, chat, sent } = stage();
  const one = await liveTab(server, ALICE);
  server.refuse(/resumable/, 413, "payload_too_large");
  const large = chosen("large", 2 * MB);
  send(one, chat, "both", chosen("small"), large);
  await until(() => one.account.outbox.failed.value.length === 1);
  const [failed] = one.account.outbox.failed.value;
  assert.deepEqual([failed?.error?.code, failed?.error?.file], ["payload_too_large", large.file.id]);
  one.account.writing.send(chat, "goes on");
  await until(() => sent().length === 1);
  filesOf(one.account).remove(failed?.order ?? 0, large.file.id);
  await until(() => sent().length === 2);
  assert.deepEqual(sent(), [["goes on", []], ["both", ["small"]]]);
});

test("a refusal can be tried again", async () => {
  const { server, chat, sent } = stage();
  const one = await liveTab(server, ALICE);
  server.refuse(/files/, 413, "quota_exceeded");
  send(one, chat, "", chosen("a"));
  await until(() => one.account.outbox.failed.value.length === 1);
  one.account.outbox.retry(one.account.outbox.failed.value[0]?.order ?? 0);
  await until(() => sent().length === 1);
});

test("what is given up stops, and the server forgets what it has of it", async () => {
  const { server, chat, sent, asked } = stage();
  const one = await liveTab(server, ALICE);
  const go = hold(server, (path) => /resumable\/./.test(path));
  send(one, chat, "", chosen("film", 20 * MB));
  await until(() => server.files.parts.size === 1);
  const [waiting] = one.account.outbox.shown.value;
  one.account.outbox.cancel(waiting?.order ?? 0);
  await settled();
  go();
  await advance(one, 25_000);
  await until(() => server.files.parts.size === 0);
  assert.deepEqual([asked("PATCH"), asked("DELETE"), sent()], [0, 1, []]);
});

test("giving up can be taken back, and the upload goes on where it was", async () => {
  const { server, chat, sent, asked } = stage();
  const one = await liveTab(server, ALICE);
  const go = hold(server, (path) => /resumable\/./.test(path));
  send(one, chat, "", chosen("film", 2 * MB));
  await until(() => server.files.parts.size === 1);
  const undo = one.account.outbox.cancel(one.account.outbox.shown.value[0]?.order ?? 0);
  await settled();
  undo?.undo();
  go();
  await until(() => sent().length === 1);
  assert.equal(asked("POST /uploads/resumable"), 1);
});

test("an archive becomes a message of its entries, and what was left out is kept until it is seen", async () => {
  const { server, chat, sent } = stage();
  const one = await liveTab(server, ALICE);
  server.files.entries = ["x", "y"];
  server.files.refused = [{ path: "z", reason: "damaged" }];
  const zip = chosen("all.zip", 5, { unpack: true });
  const go = hold(server, (path) => path.endsWith("/unpack"));
  send(one, chat, "papers", zip);
  await until(() => server.files.parts.size === 1);
  const progress = filesOf(one.account).progress(zip.file.id);
  const [id] = server.files.parts.keys();
  await until(() => progress.value?.sent === 5);
  for (const socket of server.sockets) socket.says({ type: "upload.progress", upload_id: id, done: 1, total: 3 });
  await until(() => progress.value?.unpacking === true);
  assert.deepEqual(progress.value, { sent: 1, total: 3, unpacking: true });
  go();
  await until(() => sent().length === 1);
  assert.deepEqual(sent(), [["papers", ["x", "y"]]]);
  await advance(one, 25_000);
  assert.deepEqual(await one.account.database.getAllKeys("blobs"), []);
  one.account.close();
  const second = await tab(server, ALICE);
  const again = filesOf(second.account);
  await until(() => again.reports.value.length === 1);
  const [report] = again.reports.value;
  assert.deepEqual([report?.name, report?.taken, report?.refused], ["all.zip", 2, server.files.refused]);
  await again.seen(zip.file.id);
  assert.deepEqual(again.reports.value, []);
  await advance(second, 25_000);
  assert.deepEqual(await second.account.database.getAllKeys("uploads"), []);
});

test("an archive that cannot be unpacked goes as a file", async () => {
  const { server, chat, sent } = stage();
  const one = await liveTab(server, ALICE);
  server.refuse(/unpack$/, 415, "unsupported_type");
  const zip = chosen("old.zip", 5, { unpack: true });
  send(one, chat, "", zip);
  await until(() => one.account.outbox.failed.value.length === 1);
  const [failed] = one.account.outbox.failed.value;
  assert.deepEqual([failed?.error?.code, failed?.error?.file], ["archive_unreadable", zip.file.id]);
  await filesOf(one.account).sendWhole(failed?.order ?? 0, zip.file.id);
  await until(() => sent().length === 1);
  assert.deepEqual(sent(), [["", ["old.zip"]]]);
});

test("an archive of more files than a message may have is set aside", async () => {
  const { server, chat, asked } = stage();
  const one = await liveTab(server, ALICE);
  server.files.entries = Array.from({ length: 501 }, (_, at) => `${at}`);
  const zip = chosen("all.zip", 5, { unpack: true });
  send(one, chat, "", zip);
  await until(() => one.account.outbox.failed.value.length === 1);
  const [failed] = one.account.outbox.failed.value;
  assert.deepEqual([failed?.error?.code, failed?.error?.file], ["too_many_files", zip.file.id]);
  assert.equal(asked("message.send"), 0);
});

test("files that the server has not kept for the message are sent once more", async () => {
  const { server, chat, sent, asked } = stage();
  const one = await liveTab(server, ALICE);
  server.refuse(/message.send/, 503, "unavailable");
  send(one, chat, "late", chosen("a"));
  await until(() => asked("message.send") === 1);
  server.down = true;
  server.cut();
  server.files.stored.clear();
  await one.clock.advance(2 * 60 * 60_000);
  server.down = false;
  one.account.link.retryNow();
  await until(() => sent().length === 1);
  assert.deepEqual([sent(), asked("POST /files")], [[["late", ["a"]]], 2]);
});

test("without room on the device it is said, and sent all the same by whichever tab leads", async () => {
  const { server, chat, sent } = stage();
  const browser = new Browser();
  await liveTab(server, ALICE, browser);
  const other = await liveTab(server, ALICE, browser);
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...given: Parameters<typeof put>) {
    if (this.name === "blobs") throw new DOMException("no room", "QuotaExceededError");
    return put.apply(this, given);
  };
  try {
    send(other, chat, "full", chosen("a"));
    await until(() => sent().length === 1);
  } finally {
    IDBObjectStore.prototype.put = put;
  }
  assert.deepEqual([filesOf(other.account).noRoom.value, filesOf(other.account).atRisk], [true, false]);
  assert.deepEqual(sent(), [["full", ["a"]]]);
  await until(() => other.account.outbox.waiting.value === 0);
});

test("a message that is changed keeps some files, loses some, gets others", async () => {
  const { server, chat, sent } = stage();
  const one = await liveTab(server, ALICE);
  send(one, chat, "two", chosen("a"), chosen("b"));
  await until(() => sent().length === 1);
  const [message] = server.room(chat).messages;
  const added = chosen("c");
  const files = filesOf(one.account);
  files.tray("edit").add(added);
  const file_ids = [message?.files[1]?.id ?? ""];
  const asked = { chat_id: chat, seq: message?.seq ?? 0, text: "changed", file_ids };
  files.edit(asked, { files: [added.file], where: "edit" });
  await until(() => sent()[0]?.[0] === "changed");
  assert.deepEqual(sent(), [["changed", ["b", "c"]]]);
});

test("files of a task go before what attaches them", async () => {
  const { server, chat, asked } = stage();
  const task = server.task(chat, { title: "Paint" });
  const one = await liveTab(server, ALICE);
  const photo = chosen("a");
  server.refuse(/tasks.*files$/, 403, "forbidden");
  filesOf(one.account).attach({ id: task.id, chat_id: chat }, [photo], false);
  await until(() => one.account.outbox.failed.value.length === 1);
  assert.deepEqual([asked("POST /files"), asked(`POST /tasks/${task.id}/files`)], [1, 1]);
  await filesOf(one.account).stored();
  assert.deepEqual(await one.account.database.getAllKeys("blobs"), [photo.file.id]);
});

test("a token that runs out in a long upload is renewed", async () => {
  const { server, chat, sent, asked } = stage();
  const one = await liveTab(server, ALICE);
  server.refuse(/resumable\/./, 401, "token_expired");
  send(one, chat, "", chosen("film", 20 * MB));
  await until(() => sent().length === 1);
  assert.equal(asked("POST /auth/refresh"), 2);
});

test("the file here that one of the server's was made of stands in for it", async () => {
  const { server, chat, sent } = stage();
  const one = await liveTab(server, ALICE);
  const photo = chosen("a");
  send(one, chat, "", photo);
  await until(() => sent().length === 1);
  const [stored] = server.room(chat).messages[0]?.files ?? [];
  assert.equal(filesOf(one.account).localOf(stored?.id ?? ""), photo.file.id);
});
