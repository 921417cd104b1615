import assert from "node:assert/strict";
import { test } from "node:test";
import { type Desktop, expose } from "./client.ts";
import { exposePage, type ShellPage } from "./page.ts";

const ARGV = ["electron", "--messenger-server=https://chat.example.org", "--messenger-origin=app://messenger", "--messenger-platform=linux"];

function bridge() {
  const world: Record<string, any> = {};
  const sent: unknown[][] = [];
  const listeners: Record<string, (event: unknown, ...given: unknown[]) => void> = {};
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, api: unknown) => void (world[name] = api) },
    ipcRenderer: {
      send: (...given: unknown[]) => void sent.push(given),
      invoke: async (...given: unknown[]) => (sent.push(given), { notice: null }),
      on: (channel: string, listener: (event: unknown, ...given: unknown[]) => void) => void (listeners[channel] = listener),
    },
  };
  return { world, sent, listeners, electron };
}

test("a page of another origin gets nothing", () => {
  for (const origin of ["https://evil.example", "app://shell", "null"]) {
    const { world, electron } = bridge();
    expose(electron, ARGV, origin);
    assert.deepEqual(world, {});
  }
  const { world, electron } = bridge();
  expose(electron, [], "app://messenger");
  exposePage(electron, "app://messenger");
  assert.deepEqual(world, {});
});

test("the client says what is written, in its shape, and nothing of Electron is handed out", async () => {
  const { world, sent, electron } = bridge();
  expose(electron, ARGV, "app://messenger");
  const desktop = world["messengerDesktop"] as Desktop;
  assert.deepEqual([desktop.server, desktop.socket, desktop.platform], ["https://chat.example.org", "wss://chat.example.org/api/v1/ws", "linux"]);
  const id = "0b0f8b1e-6f0a-4f6a-9a53-0f8f6f1c2d3e";
  desktop.state({ unread: 1, link: "live", locale: "en", person: null, organisation: "" });
  desktop.notify({ tag: "chat-1", title: "", body: "", place: "/chat/1", seq: 1, silent: true, kind: "message", chat_id: 1, task_id: null, direct: false });
  desktop.withdraw("chat-1", 1);
  desktop.fetch(id, "x");
  desktop.drag(id, "x");
  desktop.left();
  assert.deepEqual(await desktop.started(), { notice: null });
  assert.deepEqual(sent.map(([channel]) => channel), ["client:state", "client:notify", "client:withdraw", "client:fetch", "client:drag", "client:left", "client:started"]);
  assert.throws(() => desktop.drag("../x", "x"), /malformed/);
  assert.equal(sent.length, 7);
  assert.deepEqual(Object.values(desktop).filter((value) => typeof value === "object"), []);
});

test("what was told before anybody listened is heard", () => {
  const { world, listeners, electron } = bridge();
  expose(electron, ARGV, "app://messenger");
  listeners["client:told"]?.({}, { kind: "wake" });
  const heard: unknown[] = [];
  (world["messengerDesktop"] as Desktop).hear((told) => heard.push(told));
  listeners["client:told"]?.({}, { kind: "go", place: "/" });
  assert.deepEqual(heard, [{ kind: "wake" }, { kind: "go", place: "/" }]);
});

test("a page of the shell asks what is written", async () => {
  const { world, sent, listeners, electron } = bridge();
  exposePage(electron, "app://shell");
  const page = world["shellPage"] as ShellPage;
  await page.ask("page:try", { address: "x" });
  await assert.rejects(page.ask("client:started"), /unknown/);
  assert.throws(() => page.ask("page:try", { path: "x" }), /malformed/);
  assert.deepEqual(sent, [["page:try", { address: "x" }]]);
  page.hear(() => {});
  assert.ok(listeners["page:told"]);
});
