import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { event, fake, FakeApp, notes, stores, trays, windows } from "../testing/electron.ts";
import { ABOUT, answers, machine } from "../testing/machine.ts";
import { item, scene, SERVER, settle, until } from "../testing/program.ts";
import { begin } from "./start.ts";
import { ISOLATED } from "./security.ts";

const NOTICE = { tag: "chat-17", title: "Bob", body: "hi", place: "/chat/17/341", seq: 341, silent: false, kind: "message", chat_id: 17, task_id: null, direct: true };
const state = (unread: number, link = "live", locale = "en") => ({ unread, link, locale, person: "Alice", organisation: "Acme" });
const json = (path: string): any => JSON.parse(readFileSync(path, "utf8"));

// Beginning

test("a second start hands over and ends", async (t) => {
  const { electron } = await scene(t);
  electron.app.first = false;
  assert.equal(begin(electron, { argv: [] } as never, {} as never), null);
  assert.equal(electron.app.of("quit").length, 1);
});

test("a program that cannot begin says so and ends", async (t) => {
  const made = machine(t);
  writeFileSync(made.execPath, "");
  // No folder can be made where a file is.
  const electron = fake({ userData: join(made.execPath, "data"), temp: join(made.execPath, "temp") });
  await assert.rejects(begin(electron, made, { unexpected: () => {} } as never)!, /ENOTDIR|EEXIST/);
  assert.match(electron.notes.of("error")[0]![1] as string, /ENOTDIR|EEXIST/);
  assert.equal(electron.app.of("exit").length, 1);
});

test("an error that nobody awaited is logged, without what it says", async (t) => {
  let tell = (_error: unknown): void => {};
  const { program } = await scene(t, { extras: { unexpected: (told) => (tell = told) } });
  tell(Object.assign(new TypeError("of Alice's letter"), { code: "EBUSY" }));
  tell("of Bob's letter");
  const said = readFileSync(program.log.path, "utf8");
  assert.match(said, /something was not expected error=TypeError EBUSY at=/);
  assert.doesNotMatch(said, /letter/);
});

test("every window is isolated, with a preload and a partition of its own", async (t) => {
  const { window, program, page } = await scene(t, { servers: [SERVER, "https://two.example.org"] });
  program.act("diagnose");
  assert.equal(windows.length, 3);
  for (const { options } of windows) for (const [name, value] of Object.entries(ISOLATED)) assert.equal((options.webPreferences as any)[name], value, name);
  assert.deepEqual(windows.map(({ webContents }) => webContents.session.partition), ["persist:server-1", "persist:server-2", "shell"]);
  assert.match(String(page().options.webPreferences?.preload), /page\.cjs$/);
  assert.equal(window().url, "app://messenger/");
});

test("without a server the first window asks for one", async (t) => {
  const { page, pageAsk } = await scene(t, { servers: [] });
  const begun = await pageAsk("page:begin");
  assert.equal(page().url, "app://shell/page.html");
  assert.deepEqual([begun.kind, begun.servers, begun.locked, begun.locale], ["connect", [], false, "en"]);
  assert.equal(begun.words["desktop.connect"], "Connect");
});

test("an address is checked, and kept once it is a Messenger's", async (t) => {
  const { page, pageAsk, home, window } = await scene(t, { servers: [] });
  assert.deepEqual(await pageAsk("page:try", { address: "http://chat.example.org" }), { problem: "address", detail: "" });
  assert.deepEqual(await pageAsk("page:try", { address: "chat.example.org" }), { address: SERVER, name: "Acme" });
  assert.equal(existsSync(join(home, "data", "servers.json")), false);
  const shown = page();
  await pageAsk("page:add", { address: "chat.example.org" });
  assert.equal(shown.state.destroyed, true);
  assert.equal(json(join(home, "data", "servers.json")).servers[0].address, SERVER);
  window().emit("ready-to-show");
  assert.equal(window().state.visible, true);
});

const PROBLEMS: [string, () => Promise<Response>, string][] = [
  ["an untrusted certificate", async () => Promise.reject(new Error("net::ERR_CERT_AUTHORITY_INVALID")), "certificate"],
  ["a name nobody knows", async () => Promise.reject(new Error("net::ERR_NAME_NOT_RESOLVED")), "no_such_host"],
  ["a closed port", async () => Promise.reject(new Error("net::ERR_CONNECTION_REFUSED")), "refused"],
  ["a proxy that fails", async () => Promise.reject(new Error("net::ERR_TUNNEL_CONNECTION_FAILED")), "proxy"],
  ["a proxy that asks", async () => answers({}, 407), "proxy"],
  ["no network", async () => Promise.reject(new Error("net::ERR_INTERNET_DISCONNECTED")), "unreachable"],
  ["something odd", async () => Promise.reject("odd"), "unreachable"],
  ["a server that starts", async () => answers({}, 503), "unreachable"],
  ["another site", async () => new Response("<html>"), "not_messenger"],
  ["another API", async () => answers({ data: { product: "messenger" } }), "not_messenger"],
  ["an older server", async () => answers({ data: { ...ABOUT, api_level: 0 } }), "server_old"],
  ["a newer server", async () => answers({ data: { ...ABOUT, api_level: 99 } }), "client_old"],
];

test("what is wrong with an address is told by its cause", async (t) => {
  const { pageAsk, store } = await scene(t, { servers: [], answer: async (url) => (found ?? PROBLEMS[0]![1])(url as never) });
  let found: ((url: never) => Promise<Response>) | undefined;
  for (const [what, answer, problem] of PROBLEMS) {
    found = answer;
    assert.equal((await pageAsk("page:try", { address: "chat.example.org" })).problem, problem, what);
    assert.equal((await pageAsk("page:add", { address: "chat.example.org" })).problem, problem, what);
  }
  assert.equal(store("probe").of("fetch").every(([url]) => url === `${SERVER}/api/v1/server`), true);
});

test("a server that was there before starts without a connection", async (t) => {
  const { window, store } = await scene(t, { answer: async () => Promise.reject(new Error("net::ERR_INTERNET_DISCONNECTED")) });
  assert.equal(window().url, "app://messenger/");
  const page = await store().handler!(new Request("https://messenger/chat/17"));
  assert.match(await page.text(), /settings/);
});

test("what a server says of itself is kept for the next start", async (t) => {
  const named = { ...ABOUT, settings: { ...ABOUT.settings, organisation: { ...ABOUT.settings.organisation, name: "New" } } };
  const { home } = await scene(t, { answer: async () => answers({ data: named }) });
  assert.equal(json(join(home, "data", "servers.json")).servers[0].about.settings.organisation.name, "New");
});

test("an administrator's preset is there at the first start, and may be all there is", async (t) => {
  const { window, pageAsk, program, electron } = await scene(t, { servers: [], preset: { servers: ["chat.example.org"], locked: true } });
  assert.equal(window().options.webPreferences?.additionalArguments?.includes(`--messenger-server=${SERVER}`), true);
  assert.throws(() => item(electron, "Servers…"));
  program.act("add");
  assert.deepEqual(await pageAsk("page:add", { address: "other.example.org" }), { problem: "locked", detail: "" });
});

test("a preset server that is away is asked for later", async (t) => {
  const { pageAsk } = await scene(t, { servers: [], preset: { servers: ["chat.example.org"] }, answer: async () => Promise.reject(new Error("x")) });
  assert.deepEqual((await pageAsk("page:begin")).data, { address: SERVER, place: "/" });
});

test("a server that is removed leaves nothing", async (t) => {
  const { program, pageAsk, store, home, window } = await scene(t, { servers: [SERVER, "https://two.example.org"] });
  program.act("add");
  const first = windows[0]!;
  await pageAsk("page:remove", { id: "1" });
  await pageAsk("page:remove", { id: "9" });
  assert.equal(first.state.destroyed, true);
  assert.deepEqual([store().of("clearStorage").length, store().of("clearCache").length], [1, 1]);
  assert.deepEqual(json(join(home, "data", "servers.json")).servers.map(({ id }: any) => id), ["2"]);
  assert.equal(window().webContents.session.partition, "persist:server-2");
});

test("a preset server stays", async (t) => {
  const { program, pageAsk, home } = await scene(t, { preset: { servers: [SERVER] } });
  program.act("add");
  await pageAsk("page:remove", { id: "1" });
  assert.equal(json(join(home, "data", "servers.json")).servers.length, 1);
});

// Windows

test("started with the system it stays hidden, and is connected all the same", async (t) => {
  const { window } = await scene(t, { argv: ["--hidden"] });
  window().emit("ready-to-show");
  assert.deepEqual([window().state.visible, window().url], [false, "app://messenger/"]);
});

test("closing hides; quitting closes", async (t) => {
  const { window, electron } = await scene(t);
  window().state.visible = true;
  window().close();
  assert.deepEqual([window().state.visible, window().state.destroyed], [false, false]);
  trays[0]!.last("menu").template.at(-1).click();
  assert.equal(electron.app.of("quit").length, 1);
  const left = window();
  left.close();
  assert.equal(left.state.destroyed, true);
});

test("of several servers one window is shown, and each is a click away", async (t) => {
  const { program, electron, pageAsk } = await scene(t, { servers: [SERVER, "https://two.example.org"] });
  const [one, two] = windows as [any, any];
  program.show(null);
  item(electron, "Acme");
  program.act("show", "2");
  assert.deepEqual([one.state.visible, two.state.visible], [false, true]);
  program.act("add");
  await pageAsk("page:show", { id: "1" });
  assert.deepEqual([one.state.visible, two.state.visible], [true, false]);
});

test("a window stands where it was left, on a display that is still there", async (t) => {
  const first = await scene(t);
  first.window().bounds = { x: 2000, y: 100, width: 900, height: 700 };
  first.window().state.maximized = true;
  first.window().emit("maximize");
  const kept = json(join(first.home, "data", "window.json"));
  assert.deepEqual(kept, { bounds: { x: 2000, y: 100, width: 900, height: 700 }, maximized: true });
  first.window().state.minimized = true;
  first.window().bounds = { x: 0, y: 0, width: 1, height: 1 };
  first.window().emit("moved");
  assert.deepEqual(json(join(first.home, "data", "window.json")), kept);
});

// What it shows outside

test("unread is on the tray, the badge and the menu, all servers together", async (t) => {
  const { electron, say, program } = await scene(t);
  say("client:state", state(3));
  assert.equal(trays[0]!.last("tip"), "Messenger\n3 unread messages");
  assert.equal(trays[0]!.last("image").name.endsWith("tray-unread.png"), true);
  assert.equal(electron.app.last("badge"), 3);
  item(electron, "Acme (3)").click();
  say("client:state", state(0, "offline"));
  assert.equal(trays[0]!.last("image").name.endsWith("tray-offline.png"), true);
  assert.match(trays[0]!.last("tip"), /No connection/);
  say("client:state", state(0));
  assert.equal(trays[0]!.last("image").name.endsWith("tray.png"), true);
  trays[0]!.emit("click");
  assert.equal(windows[0]!.state.visible, true);
  trays[0]!.last("menu").template[0].click();
  program.act("reload");
  assert.equal(windows[0]!.webContents.of("reload").length, 1);
});

test("the program speaks the person's language once it is known", async (t) => {
  const { electron, say } = await scene(t);
  say("client:state", state(2, "live", "ru"));
  item(electron, "Показать файл журнала");
  assert.equal(trays[0]!.last("tip"), "Мессенджер\n2 непрочитанных сообщения");
  say("client:state", state(5, "live", "ru"));
  assert.equal(trays[0]!.last("tip"), "Мессенджер\n5 непрочитанных сообщений");
});

test("on Windows the badge is drawn over the task bar's button, and the jump list has places", async (t) => {
  const { electron, say, window } = await scene(t, { platform: "win32" });
  const [{ items }] = electron.app.last("jumps");
  assert.deepEqual(items.map(({ args }: any) => args), ["messenger://", "messenger://tasks", "messenger://people"]);
  say("client:state", state(120));
  const [[picture, text]] = window().of("overlay").slice(-1) as any;
  assert.match(picture.name, /^data:image\/png;base64,iVBOR/);
  assert.equal(text, "120 unread messages");
  for (const count of [7, 42, 0]) say("client:state", state(count));
  assert.deepEqual(window().of("overlay").at(-1), [null, ""]);
});

test("the tray leads to servers and diagnostics", async (t) => {
  const { page } = await scene(t);
  const press = (label: string): void => trays[0]!.last("menu").template.find((each: any) => each.label === label).click();
  press("Servers…");
  assert.equal(page().options.title, "Servers");
  press("Diagnostics");
  assert.equal(page().options.title, "Diagnostics");
  const locked = await scene(t, { servers: [], preset: { servers: ["chat.example.org"], locked: true } });
  assert.ok(locked.program);
  assert.equal(trays[0]!.last("menu").template.some((each: any) => each.label === "Servers…"), false);
});

test("on macOS the dock has the badge and the places", async (t) => {
  const { electron, say, window } = await scene(t, { platform: "darwin" });
  say("client:state", state(7));
  assert.equal(electron.app.last("dockBadge"), "7");
  say("client:state", state(0));
  assert.equal(electron.app.last("dockBadge"), "");
  electron.app.last("dockMenu").template[1].click();
  assert.equal(window().state.visible, true);
});

// Notifications

test("a notification opens the very message, in its window", async (t) => {
  const { say, ask, told, window } = await scene(t);
  await ask("client:started");
  say("client:notify", NOTICE);
  assert.equal(notes[0]!.shown, true);
  assert.deepEqual([notes[0]!.options.title, notes[0]!.options.groupId, notes[0]!.options.hasReply], ["Bob", "1-chat-17", true]);
  assert.deepEqual(window().last("flash"), true);
  notes[0]!.emit("click");
  assert.deepEqual(told(), [{ kind: "go", place: "/chat/17/341" }]);
  assert.equal(window().state.focused, true);
  assert.deepEqual(window().last("flash"), false);
});

test("one is answered, or marked as read, where the platform has that", async (t) => {
  const { say, ask, told, window } = await scene(t);
  await ask("client:started");
  say("client:notify", NOTICE);
  notes[0]!.emit("reply", " on my way ");
  notes[0]!.emit("reply", event({ reply: "twice" }));
  notes[0]!.emit("reply", "  ");
  notes[0]!.emit("action", 0);
  const [first, second, third] = told() as any[];
  assert.deepEqual([first.kind, first.text, first.notice.chat_id, second.text, third.kind], ["reply", "on my way", 17, "twice", "read"]);
  assert.match(first.key, /^[0-9a-f-]{36}$/);
  assert.equal(told().length, 3);
  assert.equal(window().state.focused, false);
});

test("a reminder is done or put off", async (t) => {
  const { say, ask, told } = await scene(t);
  await ask("client:started");
  say("client:notify", { ...NOTICE, tag: "task-9", kind: "reminder", seq: 0, chat_id: null, task_id: 9, place: "/task/9" });
  notes[0]!.emit("action", event({ actionIndex: 1 }));
  notes[0]!.emit("action", 0);
  notes[0]!.emit("action", 7);
  assert.deepEqual(told().map(({ kind }: any) => kind), ["snooze", "done"]);
});

test("a chat has one notification: the newest, until it is read", async (t) => {
  const { say } = await scene(t);
  say("client:notify", NOTICE);
  say("client:notify", { ...NOTICE, seq: 342 });
  say("client:notify", { ...NOTICE, seq: 340 });
  assert.deepEqual(notes.map(({ closed }) => closed), [true, false]);
  say("client:withdraw", { tag: "chat-17", seq: 341 });
  assert.equal(notes[1]!.closed, false);
  say("client:withdraw", { tag: "chat-17", seq: 342 });
  assert.equal(notes[1]!.closed, true);
  say("client:withdraw", { tag: "chat-17", seq: 342 });
  say("client:notify", { ...NOTICE, seq: 343 });
  say("client:left");
  assert.equal(notes[2]!.closed, true);
});

// Links

test("a link opens its place: at the start, from another start, from the system", async (t) => {
  const { electron, ask, told, program, window } = await scene(t, { argv: ["messenger://chat/17/341"] });
  await ask("client:started");
  assert.deepEqual(told(), [{ kind: "go", place: "/chat/17/341" }]);
  electron.app.emit("second-instance", ["messenger", "messenger://task/123"]);
  assert.deepEqual(told().at(-1), { kind: "go", place: "/task/123" });
  const opened = electron.app.emit("open-url", "messenger://tasks");
  assert.deepEqual([opened.prevented, told().at(-1)], [true, { kind: "go", place: "/tasks" }]);
  electron.app.emit("second-instance", ["messenger"]);
  assert.equal(told().length, 3);
  program.open({ place: "/chat/1", server: SERVER });
  assert.deepEqual(told().at(-1), { kind: "go", place: "/chat/1" });
  window().state.minimized = true;
  electron.app.emit("activate");
  assert.equal(window().state.minimized, false);
  electron.app.emit("window-all-closed");
});

test("a link that opened the program is followed once it is ready", async (t) => {
  const { ask, told } = await scene(t, { before: (electron) => { electron.app.whenReady = async () => void electron.app.emit("open-url", "messenger://task/5"); } });
  await ask("client:started");
  assert.deepEqual(told(), [{ kind: "go", place: "/task/5" }]);
});

test("a link of an unknown server asks whether it is to be added, and leads on once it is", async (t) => {
  const { program, pageAsk, page, told, ask, store } = await scene(t);
  program.open({ place: "/chat/1", server: "https://new.example.org" });
  const question = page();
  assert.equal((await pageAsk("page:begin")).data.address, "https://new.example.org");
  // Nobody has said yes yet: nobody was asked there, either.
  assert.deepEqual(store("probe").of("fetch"), []);
  await pageAsk("page:add", { address: "new.example.org" });
  assert.equal(question.state.destroyed, true);
  await ask("client:started");
  assert.deepEqual(told(), [{ kind: "go", place: "/chat/1" }]);
});

test("who clicks a site without encryption is told why it stays closed", async (t) => {
  const { window, electron } = await scene(t);
  electron.answers.push(1, 0);
  for (const url of ["http://intranet.example/a", "http://intranet.example/b", "file:///etc/passwd"]) window().webContents.open({ url });
  await settle();
  assert.deepEqual(electron.notes.of("box").map(([box]: any) => box.detail), ["http://intranet.example/a", "http://intranet.example/b"]);
  assert.deepEqual(electron.notes.of("clipboard").flat(), ["http://intranet.example/b"]);
  assert.deepEqual(electron.notes.of("external"), []);
});

// Sleep, crashes

test("the page hears that the machine is back", async (t) => {
  const { electron, ask, told } = await scene(t);
  electron.power.emit("resume");
  await ask("client:started");
  assert.deepEqual(told(), []);
  electron.power.emit("resume");
  electron.power.emit("unlock-screen");
  assert.deepEqual(told(), [{ kind: "wake" }, { kind: "wake" }]);
});

test("a page whose process died comes back where it was, and says so once", async (t) => {
  const { window, ask, say, told, electron } = await scene(t);
  await ask("client:started");
  window().webContents.emit("did-navigate-in-page", "app://messenger/chat/17", true);
  window().webContents.emit("did-navigate-in-page", "app://messenger/frame", false);
  window().webContents.emit("did-navigate", "https://evil.example/");
  window().webContents.emit("render-process-gone", { reason: "clean-exit", exitCode: 0 });
  assert.equal(window().of("load").length, 1);
  window().webContents.emit("render-process-gone", { reason: "crashed", exitCode: 139 });
  assert.equal(window().last("load"), "app://messenger/chat/17");
  say("client:notify", NOTICE);
  notes[0]!.emit("click");
  assert.deepEqual(told(), []);
  assert.match((await ask("client:started")).notice, /opened again/);
  assert.deepEqual(told(), [{ kind: "go", place: "/chat/17/341" }]);
  assert.equal((await ask("client:started")).notice, null);
  window().emit("unresponsive");
  window().emit("responsive");
  electron.answers.push(0, 1);
  for (let times = 0; times < 3; times++) window().webContents.emit("render-process-gone", { reason: "oom", exitCode: 1 });
  await settle();
  assert.equal(electron.notes.of("box").length, 1);
  assert.equal(window().of("load").length, 5);
  for (let times = 0; times < 4; times++) window().webContents.emit("render-process-gone", { reason: "oom", exitCode: 1 });
  await settle();
  assert.equal(electron.app.of("quit").length, 1);
});

test("a page that is loaded anew hears nothing before it begins", async (t) => {
  const { window, ask, told, program } = await scene(t);
  await ask("client:started");
  window().webContents.emit("did-start-navigation", event({ isMainFrame: true, isSameDocument: false }));
  program.open({ place: "/tasks", server: null });
  assert.deepEqual(told(), []);
  window().webContents.emit("did-start-navigation", event({ isMainFrame: true, isSameDocument: true }));
  await ask("client:started");
  assert.deepEqual(told(), [{ kind: "go", place: "/tasks" }]);
});

// What a person chooses

test("it starts with the system, if one likes", async (t) => {
  const { electron, home } = await scene(t, { platform: "win32" });
  item(electron, "Start with the system").click();
  assert.deepEqual(electron.app.last("login"), { openAtLogin: true, args: ["--hidden"] });
  assert.equal(item(electron, "Start with the system").checked, true);
  assert.equal(json(join(home, "data", "preferences.json")).autostart, true);
});

test("on Linux the desktop's own folder starts it, by an AppImage's own path", async (t) => {
  const at = await scene(t, { env: { HOME: "/nowhere" } });
  const { electron } = await scene(t, { env: { XDG_CONFIG_HOME: at.home, APPIMAGE: '/opt/My "App" 100%.AppImage' } });
  item(electron, "Start with the system").click();
  const path = join(at.home, "autostart", "messenger.desktop");
  assert.match(readFileSync(path, "utf8"), /^Exec="\/opt\/My \\"App\\" 100%%.AppImage" --hidden$/m);
  item(electron, "Start with the system").click();
  assert.equal(existsSync(path), false);
});

test("macOS says by itself that it started it", async (t) => {
  const { window } = await scene(t, { platform: "darwin", before: (electron) => void ((electron.app as FakeApp).openedAtLogin = true) });
  window().emit("ready-to-show");
  assert.equal(window().state.visible, false);
});

test("a shortcut of the whole system shows and hides it", async (t) => {
  const { electron, window } = await scene(t);
  item(electron, "Open with Ctrl+Shift+M").click();
  const [keys, press] = electron.notes.of("shortcut").at(-1) as [string, () => void];
  assert.equal(keys, "CommandOrControl+Shift+M");
  press();
  assert.deepEqual([window().state.visible, window().state.focused], [true, true]);
  press();
  assert.equal(window().state.visible, false);
  electron.globalShortcut.register = () => false;
  item(electron, "Open with Ctrl+Shift+M").click();
  item(electron, "Open with Ctrl+Shift+M").click();
  assert.equal(electron.notes.of("noShortcut").length, 3);
});

test("the rest of the menu does what it says", async (t) => {
  const { electron, window, program, home } = await scene(t);
  for (const label of ["Larger", "Larger", "Smaller"]) item(electron, label).click();
  assert.equal(window().webContents.last("zoom"), 0.5);
  item(electron, "Actual size").click();
  assert.equal(window().webContents.last("zoom"), 0);
  window().webContents.emit("did-finish-load");
  item(electron, "Keep running in the tray when closed").click();
  item(electron, "Check spelling (after a restart)").click();
  item(electron, "Ask where to save each file").click();
  const chosen = json(join(home, "data", "preferences.json"));
  assert.deepEqual([chosen.tray, chosen.spelling, chosen.downloads], [false, false, join(home, "downloads")]);
  item(electron, "Ask where to save each file").click();
  item(electron, "Show the log file").click();
  assert.equal(electron.notes.last("folder"), program.log.path);
  program.act("update");
  window().close();
  assert.equal(windows[0]!.state.destroyed, true);
  program.show(null);
  assert.equal(window().state.visible, true);
  item(electron, "Quit").click();
  assert.equal(electron.app.of("quit").length, 1);
});

test("something is found on the page, forwards and backwards", async (t) => {
  const { electron, window, pageAsk, page } = await scene(t);
  item(electron, "Find on the page").click();
  assert.equal(page().options.frame, false);
  await pageAsk("page:find", { text: "oak", forward: true, next: false });
  await pageAsk("page:find", { text: "oak", forward: false, next: true });
  assert.deepEqual(window().webContents.of("find"), [["oak", { forward: true, findNext: true }], ["oak", { forward: false, findNext: false }]]);
  item(electron, "Find on the page").click();
  await pageAsk("page:close");
  await settle();
  assert.equal(window().webContents.last("stopFind"), "clearSelection");
});

test("a page of the shell is closed by its window, too, and says nothing then", async (t) => {
  const { program, page, electron } = await scene(t);
  program.act("diagnose");
  const { id } = page().webContents;
  page().destroy();
  await assert.rejects(electron.ipc.invoke(id, "app://shell/page.html", "page:begin"));
  await assert.rejects(electron.ipc.invoke(99_999, "app://messenger/", "client:started"));
});

test("the diagnostics go through every step, and are copied as text", async (t) => {
  const { program, pageAsk, electron, say } = await scene(t, { servers: ["http://127.0.0.1:1"] });
  say("client:state", state(0, "live"));
  program.act("diagnose");
  const { rows, text } = await pageAsk("page:diagnose");
  assert.deepEqual(rows.map(({ step }: any) => step), ["versions", "address", "proxy", "dns", "tcp", "tls", "http", "websocket", "clock", "push", "storage", "secrets"]);
  await pageAsk("page:copy", { text });
  assert.equal(electron.notes.last("clipboard"), text);
  assert.match(text, /^tcp +ill +ECONNREFUSED$/m);
});

test("a proxy that was chosen goes before the system's, for every server", async (t) => {
  const { program, pageAsk, store, home } = await scene(t);
  assert.deepEqual(store().last("proxy"), { mode: "system" });
  program.act("add");
  await pageAsk("page:proxy", { rules: " proxy.example.org:3128 " });
  assert.deepEqual(store().last("proxy"), { mode: "fixed_servers", proxyRules: "proxy.example.org:3128", proxyBypassRules: "<local>" });
  assert.equal(store().of("closeAll").length, 2);
  assert.equal(json(join(home, "data", "preferences.json")).proxy, "proxy.example.org:3128");
  await pageAsk("page:proxy", { rules: "" });
  assert.deepEqual(store().last("proxy"), { mode: "system" });
});

test("a newer version is offered, and put in place when it is wanted now", async (t) => {
  const done: string[] = [];
  const updater = {
    checkForUpdates: async () => ({ isUpdateAvailable: true, updateInfo: { version: "9.0.0" } }),
    downloadUpdate: async () => {},
    setFeedURL: () => {},
    quitAndInstall: () => void done.push("installed"),
    on: () => {},
  };
  const { electron, program } = await scene(t, {
    preset: { servers: [SERVER], updates: "https://chat.example.org/downloads" },
    extras: { updater: async () => updater as never },
    before: (made) => {
      (made.app as FakeApp).isPackaged = true;
      made.answers.push(1);
    },
  });
  assert.match(electron.notes.last("box").message, /9\.0\.0/);
  assert.deepEqual(done, []);
  item(electron, "Check for a newer version").click();
  await settle();
  assert.equal(electron.app.last("scheme"), "messenger");
  assert.deepEqual(done, []);
  program.act("quit");
});

test("a file is fetched when somebody takes hold of it, and dragged out as a file", async (t) => {
  const ID = "0b0f8b1e-6f0a-4f6a-9a53-0f8f6f1c2d3e";
  let fetched = 0;
  const { say, window, electron, program } = await scene(t, {
    answer: async (url) => (url.includes("/files/") ? (fetched++, ID && url.endsWith(ID) ? new Response("bytes") : answers({}, 404)) : answers({ data: ABOUT })),
  });
  say("client:fetch", { id: ID, name: "../отчёт?.pdf" });
  await settle();
  say("client:drag", { id: ID, name: "../отчёт?.pdf" });
  await until(() => window().webContents.of("drag").length > 0);
  const { file, icon } = window().webContents.last("drag");
  assert.match(file, /отчёт_\.pdf$/);
  assert.equal(readFileSync(file, "utf8"), "bytes");
  assert.match(icon, /file\.png$/);
  assert.equal(fetched, 1);
  say("client:fetch", { id: ID.replace("0", "1"), name: "x" });
  say("client:drag", { id: ID.replace("0", "1"), name: "x" });
  await until(() => readFileSync(program.log.path, "utf8").includes("a file was not dragged out"));
  assert.equal(window().webContents.of("drag").length, 1);
  electron.app.emit("will-quit");
  assert.equal(existsSync(file), false);
});

test("what a person wrote into the files of the program by hand is read as far as it makes sense", async (t) => {
  const { electron } = await scene(t, { preferences: { autostart: "yes", zoom: 1.5, downloads: 7, nonsense: true } });
  assert.equal(item(electron, "Start with the system").checked, false);
  assert.equal(stores.size > 0, true);
});
