import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { eventOf, event, fake, FakeContents, FakeIpc, FakeStore } from "../testing/electron.ts";
import { directory } from "../testing/machine.ts";
import { isFrom, listen } from "./ipc.ts";
import { Log } from "./log.ts";
import { confine, guard, guardAll, isOwn, ISOLATED, openOutside, permit } from "./security.ts";
import { registerScheme } from "./scheme.ts";

test("pages are isolated, in a sandbox, without Node", () => {
  assert.deepEqual(ISOLATED, {
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    plugins: false,
    navigateOnDragDrop: false,
    safeDialogs: true,
    disableDialogs: true,
    enableWebSQL: false,
    backgroundThrottling: false,
  });
});

test("the scheme is a secure web origin that goes past no policy", () => {
  const electron = fake({});
  registerScheme(electron.protocol);
  const [given] = electron.notes.last("schemes");
  assert.equal(given.scheme, "app");
  assert.deepEqual([given.privileges.standard, given.privileges.secure], [true, true]);
  assert.deepEqual([given.privileges.bypassCSP, given.privileges.allowServiceWorkers, given.privileges.corsEnabled], [false, false, false]);
});

function guarded(): { contents: FakeContents; opened: string[] } {
  const contents = new FakeContents(new FakeStore("x"));
  const opened: string[] = [];
  guard(contents as never, "app://messenger", (url) => opened.push(url));
  return { contents, opened };
}

test("a page goes nowhere but to its own places", () => {
  const { contents, opened } = guarded();
  for (const name of ["will-navigate", "will-redirect"]) {
    assert.equal(contents.emit(name, event({ url: "https://evil.example/" })).prevented, true);
    assert.equal(contents.emit(name, event({ url: "app://messenger.evil/" })).prevented, true);
    assert.equal(contents.emit(name, event({ url: "app://shell/page.html" })).prevented, true);
    assert.equal(contents.emit(name, event({ url: "app://messenger/chat/17" })).prevented, false);
  }
  assert.deepEqual(opened.filter((url) => url.startsWith("https:")), ["https://evil.example/", "https://evil.example/"]);
});

test("nothing is embedded in a page", () => {
  const { contents } = guarded();
  assert.equal(contents.emit("will-attach-webview").prevented, true);
  assert.equal(contents.emit("will-frame-navigate", event({ isMainFrame: false, url: "app://messenger/" })).prevented, true);
  assert.equal(contents.emit("will-frame-navigate", event({ isMainFrame: true, url: "app://messenger/" })).prevented, false);
});

test("a page opens no window; what may be is handed to the system", () => {
  const { contents, opened } = guarded();
  assert.deepEqual(contents.open({ url: "https://example.org/" }), { action: "deny" });
  assert.deepEqual(contents.open({ url: "about:blank" }), { action: "deny" });
  assert.deepEqual(opened, ["https://example.org/", "about:blank"]);
});

test("a page that nobody here made opens nothing and embeds nothing", () => {
  const { app } = fake({});
  const contents = new FakeContents(new FakeStore("x"));
  guardAll(app);
  app.emit("web-contents-created", contents);
  assert.deepEqual(contents.open({ url: "https://example.org/" }), { action: "deny" });
  assert.equal(contents.emit("will-attach-webview").prevented, true);
});

test("the system opens what is https or mail, and nothing else", async (t) => {
  const electron = fake({});
  const log = new Log(directory(t), () => 0);
  const refused: string[] = [];
  const open = openOutside(electron.shell, log, (url) => refused.push(url));
  for (const url of ["https://example.org/", "mailto:a@example.org", "file:///etc/passwd", "smb://x/y", "about:blank", "http://example.org"]) open(url);
  assert.deepEqual(electron.notes.of("external").flat(), ["https://example.org/", "mailto:a@example.org"]);
  // Who clicks a site without encryption is told why it stays closed; the rest is no person's click.
  assert.deepEqual(refused, ["http://example.org"]);
  electron.shell.openExternal = async () => Promise.reject(new Error("no program"));
  open("https://example.org/");
  await new Promise(setImmediate);
  assert.match(readFileSync(log.path, "utf8"), /the system opened nothing/);
});

const ASKS: [string, string, boolean, string[] | undefined, boolean][] = [
  ["notifications", "app://messenger/", true, undefined, true],
  ["media", "app://messenger/", true, ["audio"], true],
  ["clipboard-sanitized-write", "app://messenger/", true, undefined, true],
  ["persistent-storage", "app://messenger/", true, undefined, true],
  ["media", "app://messenger/", true, ["audio", "video"], false],
  ["media", "app://messenger/", true, [], false],
  ["media", "app://messenger/", false, ["audio"], false],
  ["notifications", "https://evil.example/", true, undefined, false],
  ["geolocation", "app://messenger/", true, undefined, false],
  ["display-capture", "app://messenger/", true, undefined, false],
  ["fullscreen", "app://messenger/", true, undefined, false],
  ["openExternal", "app://messenger/", true, undefined, false],
  ["hid", "app://messenger/", true, undefined, false],
];

test("permissions are given by name to the main frame of our page", () => {
  const store = new FakeStore("x");
  permit(store as never);
  for (const [permission, requestingUrl, isMainFrame, mediaTypes, given] of ASKS) {
    let answered: boolean | null = null;
    store.permission({}, permission, (answer: boolean) => (answered = answer), { requestingUrl, isMainFrame, mediaTypes });
    assert.equal(answered, given, `${permission} of ${requestingUrl}`);
  }
  assert.equal(store.check(null, "notifications", "app://messenger", {}), true);
  assert.equal(store.check(null, "media", "app://messenger", { mediaType: "video" }), false);
  assert.equal(store.check(null, "notifications", "https://evil.example", {}), false);
  assert.equal(store.check(null, "serial", "app://messenger", {}), false);
  assert.equal(store.device({}), false);
});

test("no page loads anything from outside, whatever its policy says", () => {
  const store = new FakeStore("x");
  confine(store as never, "https://chat.example.org", (contents) => contents === 7);
  const cancelled = (url: string, resourceType: string, webContentsId?: number): boolean => {
    let said = false;
    store.beforeRequest({ url, resourceType, webContentsId }, ({ cancel }: { cancel: boolean }) => (said = cancel));
    return said;
  };
  assert.equal(cancelled("https://evil.example/x.js", "script"), true);
  assert.equal(cancelled("https://evil.example/", "mainFrame"), true);
  assert.equal(cancelled("http://127.0.0.1/x.png", "image"), true);
  assert.equal(cancelled("file:///etc/passwd", "xhr"), true);
  assert.equal(cancelled("app://messenger/assets/x.js", "script"), false);
  assert.equal(cancelled("blob:app://messenger/1", "image"), false);
  assert.equal(cancelled("wss://chat.example.org/api/v1/ws", "webSocket", 1), false);
  assert.equal(cancelled("wss://evil.example/", "webSocket", 1), true);
  assert.equal(cancelled("ws://chat.example.org/api/v1/ws", "webSocket", 1), true);
  // What a page fetches ahead is of no type, too: only the program's own has no page.
  assert.equal(cancelled("https://evil.example/", "other", 1), true);
  // The window that asks for a login goes to its own server, and no other.
  assert.equal(cancelled("https://chat.example.org/api/v1/server", "mainFrame", 7), false);
  assert.equal(cancelled("https://evil.example/", "mainFrame", 7), true);
  assert.equal(cancelled("https://chat.example.org/api/v1/server", "mainFrame", 1), true);
  assert.equal(cancelled("https://chat.example.org/api/v1/me", "other"), false);
});

test("an origin is compared as a whole", () => {
  assert.equal(isOwn("app://messenger/chat/1", "app://messenger"), true);
  for (const url of ["app://messenger.evil/", "app://user@messenger.evil", "https://messenger/", "", "app:messenger"]) {
    assert.equal(isOwn(url, "app://messenger"), false, url);
  }
});

test("a message counts from the main frame of the right page alone", () => {
  assert.equal(isFrom(eventOf(1, "app://messenger/chat/1") as never, "app://messenger"), true);
  assert.equal(isFrom(eventOf(1, "app://messenger/", {}) as never, "app://messenger"), false);
  assert.equal(isFrom(eventOf(1, "app://shell/page.html") as never, "app://messenger"), false);
  assert.equal(isFrom(eventOf(1, "https://evil.example/") as never, "app://messenger"), false);
  assert.equal(isFrom({ sender: { id: 1 }, senderFrame: null } as never, "app://messenger"), false);
});

test("what is malformed or from elsewhere does nothing, and tells a page nothing", async (t) => {
  const ipc = new FakeIpc();
  const log = new Log(directory(t), () => 0);
  const done: unknown[] = [];
  const each = new Proxy({}, { get: (_target, channel) => (_from: number, message: unknown) => done.push([channel, message]) });
  const broken = new Proxy({}, { get: () => () => { throw new Error("a secret of the main process"); } });
  listen({ ipcMain: ipc as never, log, client: each as never, pages: broken as never });
  ipc.send(1, "https://evil.example/", "client:left");
  ipc.send(1, "app://messenger/", "client:left", { more: 1 });
  ipc.send(1, "app://messenger/", "client:left", undefined, 1);
  ipc.send(1, "app://messenger/", "client:drag", { id: "../x", name: "y" });
  await assert.rejects(ipc.invoke(1, "app://shell/", "client:started"), { message: "refused" });
  await assert.rejects(ipc.invoke(1, "app://messenger/", "page:begin"), { message: "refused" });
  await assert.rejects(ipc.invoke(1, "app://shell/", "page:begin"), { message: "refused" });
  await assert.rejects(ipc.invoke(1, "app://shell/", "shell:openExternal", "x"), /No handler/);
  assert.deepEqual(done, []);
  ipc.send(1, "app://messenger/", "client:left");
  assert.equal(await ipc.invoke(1, "app://messenger/", "client:started"), 2);
  assert.doesNotMatch(readFileSync(log.path, "utf8"), /secret/);
});

test("the log has neither tokens nor lines of somebody else, and starts anew when it is long", (t) => {
  const log = new Log(join(directory(t), "logs"), () => 0);
  log.warn("refused", { token: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlc2lnbmF0dXJl", name: "two\nlines" });
  const said = readFileSync(log.path, "utf8");
  assert.equal(said, "1970-01-01T00:00:00.000Z warn refused token=… name=two lines\n");
  for (let count = 0; count < 6000; count++) log.info("x", { y: "short words ".repeat(15) });
  assert.ok(readFileSync(log.path).length < 1_100_000);
  assert.ok(readFileSync(log.path.replace("messenger.log", "messenger.old.log")).length > 900_000);
});
