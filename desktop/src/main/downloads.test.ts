// Files on their way to this machine, and dragged out of it.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fake, FakeNote, FakeStore, notes } from "../testing/electron.ts";
import { directory, dist } from "../testing/machine.ts";
import { DragOut, freeName, progressOf, safeName, watchDownloads } from "./downloads.ts";
import { Log } from "./log.ts";
import { Words } from "./words.ts";

class Item extends FakeNote {
  received = 0;
  path = "";
  url: string;
  total: number;
  dialog: unknown = null;
  constructor(url: string, total = 100) {
    super({});
    notes.pop();
    this.url = url;
    this.total = total;
  }
  getURL = (): string => this.url;
  getFilename = (): string => 'a/"b".txt';
  getReceivedBytes = (): number => this.received;
  getTotalBytes = (): number => this.total;
  getSavePath = (): string => this.path;
  setSavePath = (path: string): void => void (this.path = path);
  setSaveDialogOptions = (options: unknown): void => void (this.dialog = options);
}

function downloading(t: TestContext, folder: string | null, platform: NodeJS.Platform = "linux") {
  const electron = fake({ downloads: "/home/alice/Downloads" });
  const store = new FakeStore("x");
  const shares: number[] = [];
  const window = { setProgressBar: (share: number) => void shares.push(share) };
  watchDownloads(store as never, { modules: electron, words: new Words(dist(t), "en"), log: new Log(directory(t), () => 0), platform, window: () => window as never, folder: () => folder });
  return { store, shares, electron };
}

test("a download asks where, shows how far it is, and is opened", (t) => {
  const { store, shares, electron } = downloading(t, null);
  const item = new Item("app://messenger/api/v1/files/1");
  assert.equal(store.emit("will-download", item).prevented, false);
  assert.deepEqual(item.dialog, { defaultPath: "/home/alice/Downloads/_b_.txt" });
  item.received = 40;
  item.emit("updated");
  item.path = "/home/alice/Downloads/b.txt";
  item.emit("done", "completed");
  assert.deepEqual(shares, [0, 0.4, -1]);
  assert.deepEqual([notes[0]?.options.title, notes[0]?.options.body], ["File saved", "b.txt"]);
  notes[0]?.emit("click");
  assert.equal(electron.notes.last("path"), "/home/alice/Downloads/b.txt");
});

test("a chosen folder is not asked for; what is not known as harmless is shown, not opened; a failure is told", (t) => {
  const folder = directory(t);
  const { store, electron } = downloading(t, folder);
  writeFileSync(join(folder, "_b_.txt"), "");
  const item = new Item("blob:app://messenger/1", 0);
  store.emit("will-download", item);
  assert.equal(item.path, join(folder, "_b_ (1).txt"));
  item.path = join(folder, "setup.EXE");
  item.emit("done", "completed");
  notes[0]?.emit("click");
  assert.deepEqual([electron.notes.last("folder"), electron.notes.of("path")], [item.path, []]);
  for (const name of ["report.pdf.lnk", "page.html", "macro.docm", "disk.iso", "odd.settingcontent-ms", "none", "drawing.svg", "a.pdf "]) {
    const other = new Item("app://messenger/api/v1/files/1");
    store.emit("will-download", other);
    other.path = join(folder, name);
    other.emit("done", "completed");
    notes.pop()?.emit("click");
    assert.equal(electron.notes.last("folder"), other.path, name);
  }
  assert.equal(electron.notes.of("path").length, 0);
  for (const state of ["interrupted", "cancelled"]) {
    const other = new Item("app://messenger/api/v1/files/1");
    store.emit("will-download", other);
    other.emit("done", state);
  }
  assert.deepEqual(notes.map(({ options }) => options.title), ["File saved", "The file could not be saved"]);
});

test("what is not ours is not downloaded", (t) => {
  const { store } = downloading(t, null);
  assert.equal(store.emit("will-download", new Item("https://evil.example/x.exe")).prevented, true);
});

const NAMES: [string, string][] = [["../../x.txt", "x.txt"], ["C:\\x\\y.txt", "y.txt"], ["con.txt", "_con.txt"], [".bashrc", "_.bashrc"], ["a\u202etxt.exe", "a_txt.exe"], ["x. . ", "x"], ["", "_"], ["отчёт.pdf", "отчёт.pdf"]];
for (const [given, safe] of NAMES) test(`"${given}" is saved as "${safe}"`, () => assert.equal(safeName(given), safe));

test("the share of several files is that of all their bytes", () => {
  const of = (received: number, total: number) => ({ getReceivedBytes: () => received, getTotalBytes: () => total }) as never;
  assert.deepEqual([progressOf([]), progressOf([of(10, 100), of(90, 100)]), progressOf([of(1, 0)])], [-1, 0.5, 2]);
  assert.equal(freeName("/nowhere", "x"), join("/nowhere", "x"));
});

test("what is saved on Windows says that it came from elsewhere", (t) => {
  const folder = directory(t);
  const { store } = downloading(t, folder, "win32");
  const whole = new Item("app://messenger/api/v1/files/1");
  store.emit("will-download", whole);
  whole.emit("done", "completed");
  assert.match(readFileSync(`${whole.path}:Zone.Identifier`, "utf8"), /^\[ZoneTransfer\]\r\nZoneId=3/);
  const broken = new Item("app://messenger/api/v1/files/1");
  store.emit("will-download", broken);
  broken.emit("done", "interrupted");
  const nowhere = new Item("app://messenger/api/v1/files/1");
  store.emit("will-download", nowhere);
  nowhere.path = join(folder, "none", "x.txt");
  nowhere.emit("done", "completed");
  assert.deepEqual(readdirSync(folder).length, 1);
});

// Dragging out

test("what a program that ended badly had dragged out is gone at the next start, and nothing else", (t) => {
  const temporary = directory(t);
  mkdirSync(join(temporary, "messenger-drag-old", "1"), { recursive: true });
  writeFileSync(join(temporary, "messenger-drag-old", "1", "private.txt"), "x");
  writeFileSync(join(temporary, "another"), "x");
  const drags = new DragOut(temporary, "linux");
  assert.equal(existsSync(join(temporary, "messenger-drag-old")), false);
  assert.equal(existsSync(join(temporary, "another")), true);
  drags.empty();
  assert.deepEqual(readdirSync(temporary), ["another"]);
});

test("a file that is too large is not dragged out, whatever its answer says, and leaves nothing", async (t) => {
  const temporary = directory(t);
  const drags = new DragOut(temporary, "win32", 10);
  const streamed = new ReadableStream({ pull: (out) => out.enqueue(new Uint8Array(8)) });
  await assert.rejects(drags.fetch("1", "x.bin", async () => new Response(streamed)), /too large/);
  await assert.rejects(drags.fetch("2", "x.bin", async () => new Response("no", { status: 404 })), /404/);
  const [own = ""] = readdirSync(temporary);
  assert.deepEqual(readdirSync(join(temporary, own)), []);
  const path = await drags.fetch("1", "x.bin", async () => new Response("0123456789"));
  assert.equal(readFileSync(path, "utf8"), "0123456789");
  assert.match(readFileSync(`${path}:Zone.Identifier`, "utf8"), /ZoneId=3/);
});
