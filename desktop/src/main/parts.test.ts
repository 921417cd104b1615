// Parts of the main process that a whole program does not reach by itself.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import { fake, FakeContents, FakeStore } from "../testing/electron.ts";
import { ABOUT, answers, directory, dist } from "../testing/machine.ts";
import { drawn } from "./badge.ts";
import { checkSpelling, contextMenu, offerMenu } from "./context.ts";
import { diagnose, written } from "./diagnostics.ts";
import { Log } from "./log.ts";
import { escaped, policyFor } from "./page.ts";
import { Places, standing } from "./place.ts";
import { answering, authorizeSocket } from "./scheme.ts";
import { Servers } from "./servers.ts";
import { followUpdates, isOwnInstaller, isSigned } from "./updates.ts";
import { Vault } from "./vault.ts";
import { Words } from "./words.ts";

const SERVER = { id: "1", address: "https://chat.example.org", about: ABOUT };

// The scheme

const ask = async (t: Parameters<typeof dist>[0], path: string, init?: RequestInit): Promise<Response> => {
  const forwarded = async (): Promise<Response> => answers({ data: "of the server" });
  const api = { address: SERVER.address, fetch: forwarded as never, tokens: {} as never };
  return answering({ dist: dist(t), server: () => SERVER, api })(new Request(`https://messenger${path}`, init));
};

test("every place is the client's page, which talks to its server and runs its own scripts alone", async (t) => {
  for (const path of ["/", "/chat/17/341", "/tasks"]) {
    const answer = await ask(t, path);
    const html = await answer.text();
    assert.match(html, /<script type="module" src="\/assets\/main-1.js">/);
    assert.match(html, /<link rel="modulepreload" href="\/assets\/core-3.js">/);
    assert.equal(html.match(/main-2\.css/g)?.length, 1);
    assert.match(html, /content="\{&#34;organisation&#34;/);
    const policy = answer.headers.get("Content-Security-Policy") ?? "";
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
    assert.match(policy, /connect-src 'self' wss:\/\/chat\.example\.org;/);
    assert.doesNotMatch(policy, /unsafe|\*/);
  }
});

test("packed files are there by their names, and nothing else is", async (t) => {
  const script = await ask(t, "/assets/main-1.js");
  assert.deepEqual([script.status, script.headers.get("Content-Type"), script.headers.get("X-Content-Type-Options")], [200, "text/javascript; charset=utf-8", "nosniff"]);
  assert.equal((await ask(t, "/icon.svg")).status, 200);
  for (const path of ["/sw.js", "/.hidden.js", "/assets/", "/assets/none.js", "/secret.exe", "/..%2f..%2fservers.json", "/assets/..%2fmain.css", "/.vite/manifest.json", "/.vite"]) {
    const answer = await ask(t, path);
    const isPage = answer.headers.get("Content-Type")?.startsWith("text/html") ?? false;
    assert.ok(answer.status === 404 || (isPage && !path.includes(".")) || path === "/.vite/manifest.json", path);
    assert.doesNotMatch(await answer.text(), /"file":/, path);
  }
  assert.equal((await ask(t, "/", { method: "POST" })).status, 404);
  assert.equal(await (await ask(t, "/api/v1/me")).text(), '{"data":"of the server"}');
});

test("the shell's pages talk to nobody, and have no API", async (t) => {
  const answer = answering({ dist: dist(t), server: () => null, api: null });
  const page = await answer(new Request("https://shell/page.html"));
  assert.match(page.headers.get("Content-Security-Policy") ?? "", /default-src 'none'/);
  assert.equal((await answer(new Request("https://shell/"))).status, 200);
  assert.equal((await answer(new Request("https://messenger/"))).status, 404);
  assert.equal((await answer(new Request("https://other/"))).status, 404);
  const nobody = answering({ dist: dist(t), server: () => null, api: { address: "", fetch: (() => {}) as never, tokens: {} as never } });
  assert.equal((await nobody(new Request("https://messenger/"))).status, 404);
});

test("nothing of a server's own words becomes markup", () => {
  assert.equal(escaped(`"><script>'&`), "&#34;&#62;&#60;script&#62;&#39;&#38;");
  assert.match(policyFor("http://localhost:8000"), /connect-src 'self' ws:\/\/localhost:8000;/);
});

test("the socket brings the token in its header, and our origin", async () => {
  const store = new FakeStore("x");
  let token: () => Promise<string | null> = async () => "a1";
  authorizeSocket(store as never, SERVER.address, "app://messenger", () => token());
  const sent = (url: string): Promise<any> => new Promise((resolve) => store.beforeHeaders({ url, requestHeaders: { origin: "https://evil.example", Cookie: "a=b", "Sec-WebSocket-Protocol": "messenger.v1.json" } }, resolve));
  assert.deepEqual(await sent("wss://chat.example.org/api/v1/ws"), { requestHeaders: { "Sec-WebSocket-Protocol": "messenger.v1.json", Authorization: "Bearer a1", Origin: "app://messenger" } });
  token = async () => null;
  assert.equal((await sent("wss://chat.example.org/api/v1/ws")).requestHeaders.Authorization, undefined);
  token = async () => Promise.reject(new Error("offline"));
  assert.deepEqual(await sent("wss://chat.example.org/api/v1/ws"), { cancel: true });
  assert.deepEqual(await sent("wss://chat.example.org/other"), { cancel: true });
});

// The menu of the right button

const PARAMS = { misspelledWord: "", dictionarySuggestions: [] as string[], linkURL: "", mediaType: "none", hasImageContents: false, isEditable: false, selectionText: "", srcURL: "", x: 1, y: 2, editFlags: { canCut: true, canCopy: true, canPaste: true, canSelectAll: true } };

function menu(t: Parameters<typeof dist>[0], params: object) {
  const electron = fake({});
  const contents = new FakeContents(new FakeStore("x"));
  const opened: string[] = [];
  const parts = { modules: electron, words: new Words(dist(t), "en-US"), outside: (url: string) => void opened.push(url) };
  const made = contextMenu({ ...PARAMS, ...params } as never, contents as never, parts);
  const press = (label: string): void => (made.find((each) => each.label === label)?.click as () => void)();
  return { electron, contents, opened, made, press, parts };
}

test("a misspelled word comes with suggestions, and may be learnt", (t) => {
  const { made, press, contents } = menu(t, { misspelledWord: "превет", dictionarySuggestions: ["привет", "превед"], isEditable: true });
  assert.deepEqual(made.slice(0, 3).map(({ label }) => label), ["привет", "превед", "Add to dictionary"]);
  press("привет");
  press("Add to dictionary");
  assert.deepEqual([contents.last("replace"), contents.session.last("word")], ["привет", "превет"]);
  assert.equal(menu(t, { misspelledWord: "xyzzy" }).made[0]?.enabled, false);
});

test("links and pictures have what can be done with them", (t) => {
  const { press, electron, contents, opened } = menu(t, { linkURL: "https://example.org/", mediaType: "image", hasImageContents: true, srcURL: "app://messenger/api/v1/files/1" });
  for (const label of ["Open link in browser", "Copy link", "Copy picture", "Save picture…"]) press(label);
  assert.deepEqual([opened, electron.notes.last("clipboard"), contents.of("copyImage"), contents.last("download")], [["https://example.org/"], "https://example.org/", [[1, 2]], "app://messenger/api/v1/files/1"]);
  assert.deepEqual(menu(t, { linkURL: "app://messenger/chat/1" }).made, []);
  assert.deepEqual(menu(t, { linkURL: "http://intranet.example/" }).made.map(({ label }) => label), ["Copy link"]);
});

test("text is copied anywhere, and edited in fields", (t) => {
  assert.deepEqual(menu(t, { selectionText: "words" }).made.map(({ role }) => role), ["copy"]);
  assert.deepEqual(menu(t, { isEditable: true }).made.map(({ role }) => role), ["cut", "copy", "paste", "pasteAndMatchStyle", "selectAll"]);
  const { contents, parts, electron } = menu(t, {});
  offerMenu(contents as never, parts);
  contents.emit("context-menu", PARAMS);
  assert.equal(electron.notes.of("popup").length, 0);
  contents.emit("context-menu", { ...PARAMS, selectionText: "x" });
  assert.equal(electron.notes.of("popup").length, 1);
});

test("Russian and English are checked; macOS sees to it by itself", () => {
  const store = new FakeStore("x");
  checkSpelling(store as never, "darwin", null);
  assert.equal(store.of("languages").length, 0);
  checkSpelling(store as never, "linux", null);
  assert.deepEqual([store.last("languages"), store.of("dictionaries")], [["ru", "en-US"], []]);
  checkSpelling(store as never, "win32", "https://chat.example.org/downloads/");
  // Before the languages: setting these begins to fetch.
  assert.deepEqual(store.calls.slice(-2).map(([name]) => name), ["dictionaries", "languages"]);
});

// Windows on displays

test("a window that nobody could take hold of comes to the middle of the first display", () => {
  const electron = fake({});
  const left = (x: number, y: number) => ({ bounds: { x, y, width: 900, height: 700 }, maximized: true });
  assert.deepEqual(standing(electron.screen, left(100, 50)), left(100, 50));
  for (const away of [left(1900, 50), left(-850, 50), left(100, -300), left(100, 1000)]) {
    assert.deepEqual(standing(electron.screen, away), { bounds: { x: 510, y: 170, width: 900, height: 700 }, maximized: true });
  }
  electron.displays.push({ workArea: { x: 1920, y: 0, width: 1000, height: 1000 } });
  assert.deepEqual(standing(electron.screen, left(1900, 50)).bounds.x, 1900);
  assert.deepEqual(standing(electron.screen, null), { bounds: { x: 360, y: 120, width: 1200, height: 800 }, maximized: false });
});

test("where it stood is read as far as it makes sense", (t) => {
  const home = directory(t);
  const read = (kept: unknown): unknown => (writeFileSync(join(home, "window.json"), JSON.stringify(kept)), new Places(home).read());
  assert.equal(read({ bounds: { x: 1, y: 2, width: "wide", height: 4 } }), null);
  assert.deepEqual(read({ bounds: { x: 1, y: 2, width: 3, height: 4 } }), { bounds: { x: 1, y: 2, width: 400, height: 480 }, maximized: false });
  assert.equal(new Places(join(home, "none")).read(), null);
});

test("a list of servers that somebody else wrote into loses what makes no sense", (t) => {
  const home = directory(t);
  const bad = [{ id: "../x", address: SERVER.address, about: ABOUT }, { id: "2", address: "http://evil.example", about: ABOUT }, { id: "3", address: "https://c.example" }, null];
  writeFileSync(join(home, "servers.json"), JSON.stringify({ servers: [SERVER, ...bad], shown: 5, next: "x" }));
  const servers = new Servers(home);
  assert.deepEqual([servers.all.length, servers.shown?.id], [1, "1"]);
  assert.equal(servers.add("https://b.example", ABOUT).id, "2");
  servers.remove("2");
  assert.equal(servers.add("https://b.example", ABOUT).id, "3");
  assert.equal(servers.add("https://b.example", ABOUT).id, "3");
  writeFileSync(join(home, "servers.json"), "{");
  assert.deepEqual(new Servers(home).all, []);
});

// Updates

function updating(t: Parameters<typeof dist>[0], answer: object | null | Error, taken = false) {
  const done: string[] = [];
  const updater = {
    autoDownload: true,
    autoInstallOnAppQuit: false,
    allowDowngrade: true,
    disableWebInstaller: false,
    setFeedURL: (feed: object) => void done.push(JSON.stringify(feed)),
    checkForUpdates: async () => (answer instanceof Error ? Promise.reject(answer) : answer) as never,
    downloadUpdate: async () => void done.push("download"),
    quitAndInstall: () => void done.push("install"),
    on: (_name: "error", listener: (error: Error) => void) => listener(new Error("x")),
  };
  let again = (): void => {};
  const parts = { feed: "https://chat.example.org/downloads", isPackaged: true, ours: true, verifies: true, updater: async () => updater, log: new Log(directory(t), () => 0), every: (_ms: number, run: () => void) => void (again = run), offer: async (version: string) => (done.push(version), taken) };
  return { parts, done, updater, again: () => again() };
}

test("nothing is looked for where nobody said where, or not by TLS, or in a program that is not packed", (t) => {
  const { parts } = updating(t, null);
  for (const given of [{ feed: null }, { feed: "http://chat.example.org/downloads" }, { isPackaged: false }, { ours: false }, { verifies: false }]) assert.equal(followUpdates({ ...parts, ...given }), null);
});

test("a build for Windows that is not signed takes no newer version", (t) => {
  const resources = directory(t);
  assert.equal(isSigned(resources), false);
  writeFileSync(join(resources, "app-update.yml"), "provider: generic\nurl: x\n");
  assert.equal(isSigned(resources), false);
  writeFileSync(join(resources, "app-update.yml"), "provider: generic\npublisherName:\n  - Acme\n");
  assert.equal(isSigned(resources), true);
});

test("what did not come by our installer is not replaced by it", (t) => {
  const folder = directory(t);
  assert.equal(isOwnInstaller(join(folder, "Messenger.exe")), false);
  writeFileSync(join(folder, "Uninstall Messenger.exe"), "");
  assert.equal(isOwnInstaller(join(folder, "Messenger.exe")), true);
});

test("a newer version is fetched and offered once, and put in place when it is wanted", async (t) => {
  const newer = { isUpdateAvailable: true, updateInfo: { version: "9.0.0" } };
  const { parts, done, updater, again } = updating(t, newer);
  const look = followUpdates(parts)!;
  assert.equal(await look(), true);
  again();
  await new Promise(setImmediate);
  assert.equal(done[0], '{"provider":"generic","url":"https://chat.example.org/downloads","channel":"latest"}');
  assert.deepEqual([updater.autoDownload, updater.autoInstallOnAppQuit, updater.allowDowngrade, updater.disableWebInstaller], [false, true, false, true]);
  assert.deepEqual(done.filter((each) => each === "9.0.0"), ["9.0.0"]);
  assert.equal(done.includes("install"), false);
  const wanted = updating(t, newer, true);
  await followUpdates(wanted.parts)!();
  assert.equal(wanted.done.includes("install"), true);
});

test("no newer version, and no answer, change nothing", async (t) => {
  for (const answer of [null, { isUpdateAvailable: false, updateInfo: { version: "0.1.0" } }, new Error("offline")]) {
    const { parts, done } = updating(t, answer);
    assert.equal(await followUpdates(parts)!(), false);
    assert.equal(done.includes("download"), false);
  }
});

// Diagnostics

async function diagnosed(t: Parameters<typeof dist>[0], given: object, answer: FakeStore["answer"], proxy = "DIRECT") {
  const electron = fake({});
  const store = new FakeStore("x");
  store.answer = answer;
  store.proxyOf = proxy;
  const rows = await diagnose({
    address: "https://chat.example.org",
    store: store as never,
    notifications: true,
    vault: new Vault(electron.safeStorage, directory(t), "linux"),
    userData: directory(t),
    versions: { electron: "45", chrome: undefined },
    link: "offline",
    words: new Words(dist(t), "ru-RU"),
    now: () => Date.parse("2026-11-29T12:00:00Z"),
    tcp: async () => "127.0.0.1:443",
    tls: async () => "TLSv1.3",
    socket: async () => "messenger.v1.json",
    ...given,
  });
  return Object.fromEntries(rows.map((row) => [row.step, row]));
}

const DATE = { Date: "Sun, 29 Nov 2026 12:00:30 GMT" };

test("all is well: every step says so", async (t) => {
  const rows = await diagnosed(t, {}, async () => answers({ data: ABOUT }, 200, DATE));
  assert.deepEqual([...new Set(Object.values(rows).map(({ result }) => result))], ["well"]);
  assert.deepEqual([rows["clock"]?.detail, rows["tls"]?.detail, rows["versions"]?.detail], ["-30 s", "TLSv1.3", "electron 45, chrome ?"]);
  assert.match(written(Object.values(rows)), /^clock +well +-30 s$/m);
});

test("what is wrong comes with a hint, and what depends on it is not tried", async (t) => {
  const refused = async (): Promise<string> => Promise.reject(Object.assign(new Error("no"), { code: "ECONNREFUSED" }));
  const rows = await diagnosed(t, { tcp: refused, socket: refused, notifications: false, now: () => 0 }, async () => answers({}, 404, DATE));
  for (const step of ["tcp", "http", "websocket", "clock", "push"]) assert.equal(rows[step]?.result, "ill", step);
  assert.equal(rows["tls"]?.result, "skipped");
  assert.match(rows["clock"]?.hint ?? "", /Часы/);
});

test("behind a proxy the proxy looks up and connects; only the client's own socket says something", async (t) => {
  const rows = await diagnosed(t, {}, async () => Promise.reject(new Error("net::ERR_PROXY_CONNECTION_FAILED")), "PROXY proxy:3128");
  assert.deepEqual(["dns", "tcp", "tls", "clock"].map((step) => rows[step]?.result), Array(4).fill("skipped"));
  assert.deepEqual([rows["proxy"]?.detail, rows["http"]?.detail, rows["websocket"]?.result], ["PROXY proxy:3128", "proxy ERR_PROXY_CONNECTION_FAILED", "ill"]);
});

test("the steps are real: a port that is open, no TLS behind it, no WebSocket", async (t) => {
  const server = createServer((line) => line.on("error", () => {}).end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  const rows = await diagnosed(t, { address: `https://127.0.0.1:${port}`, tcp: undefined, tls: undefined, socket: undefined }, async () => Promise.reject(new Error("net::ERR_SSL_PROTOCOL_ERROR")));
  assert.deepEqual([rows["tcp"]?.result, rows["tcp"]?.detail, rows["tls"]?.result, rows["websocket"]?.result], ["well", `127.0.0.1:${port}`, "ill", "ill"]);
  server.close();
});

// The badge's picture

test("the badge is a picture of its signs", () => {
  for (const signs of ["7", "42", "99+"]) {
    const png = drawn(signs);
    assert.equal(png.subarray(1, 4).toString(), "PNG");
    const size = png.readUInt32BE(33);
    const pixels = inflateSync(png.subarray(41, 41 + size));
    assert.equal(pixels.length, 32 * (1 + 32 * 4));
    const white = pixels.toString("latin1").split("\xff\xff\xff\xff").length;
    assert.ok(white > 10, signs);
  }
});
