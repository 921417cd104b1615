// The desktop client without Electron, for a browser: the main process as it was built, over the fake
// of its modules, with what Electron would do between it and a page done over HTTP here. The scheme's
// answers, the messages, the WebSocket's headers are those that the main process gives.
//
//     node src/testing/harness.ts DIST DATA SERVER [PORT]
//
// Prints its address. A page's stand-in for Electron's renderer modules is at /__stand-in.js.

import { mkdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import Module from "node:module";
import { connect } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { event, type Fake, fake, type FakeStore, notes, stores, windows } from "./electron.ts";

const [dist = "", data = "", server = "", port = "0"] = process.argv.slice(2);
mkdirSync(data, { recursive: true });
const electron = fake({ userData: data, temp: join(data, "temp"), downloads: join(data, "downloads") });
const { fromPartition } = electron.session;
electron.session.fromPartition = (partition) => {
  const made = fromPartition(partition);
  (stores.get(partition) as FakeStore).answer = (url, init) => fetch(url, init);
  return made;
};

/** Everything that is told to pages, for whoever listens. */
const listening = new Set<ServerResponse>();

function window() {
  const found = windows.find((each) => !each.state.destroyed && String(each.options.webPreferences?.preload).endsWith("client.cjs"));
  if (found === undefined) throw new Error("there is no window of the client");
  return found;
}

function start(): void {
  const loader = Module as unknown as { _load: (name: string, ...rest: unknown[]) => unknown };
  const load = loader._load;
  loader._load = (name, ...rest) => (name === "electron" ? electron : load(name, ...rest));
  process.argv.splice(1, process.argv.length, join(dist, "main.cjs"), `--server=${server}`);
  Module.createRequire(import.meta.url)(join(dist, "main.cjs"));
}

async function body(request: IncomingMessage): Promise<any> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return JSON.parse(Buffer.concat(pieces).toString() || "null");
}

function say(response: ServerResponse, status: number, said: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(said ?? null));
}

/** A message of the page's main frame. */
async function message({ kind, channel, given, url }: { kind: string; channel: string; given: unknown[]; url: string }): Promise<unknown> {
  const { id } = window().webContents;
  if (kind === "invoke") return electron.ipc.invoke(id, url, channel, ...given);
  return electron.ipc.send(id, url, channel, ...given);
}

/** What happens outside of the page. */
const HAPPENS: Record<string, (given: any) => unknown> = {
  wake: () => electron.power.emit("resume"),
  link: ({ url }) => void electron.app.emit("second-instance", ["messenger", url]),
  click: ({ index }) => void notes[index]?.emit("click"),
  reply: ({ index, text }) => void notes[index]?.emit("reply", text),
  action: ({ index, action }) => void notes[index]?.emit("action", action),
  navigated: ({ url }) => void window().webContents.emit("did-navigate-in-page", url, true),
  loading: () => void window().webContents.emit("did-start-navigation", event({ isMainFrame: true, isSameDocument: false })),
  crash: () => void window().webContents.emit("render-process-gone", { reason: "crashed", exitCode: 139 }),
  look: () => ({
    notes: notes.map(({ options, closed }) => ({ title: options.title, body: options.body, closed })),
    loaded: window().last("load"),
    badge: (electron as Fake).app.last("badge"),
    external: electron.notes.of("external").flat(),
    drags: window().webContents.of("drag").map(([item]) => (item as { file: string }).file),
    focused: window().state.focused,
    preload: window().options.webPreferences?.additionalArguments,
  }),
};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://x");
  if (pathname === "/__do") {
    const { what, ...given } = await body(request);
    return say(response, 200, await HAPPENS[what]?.(given));
  }
  if (pathname === "/__message") {
    try {
      return say(response, 200, { answer: await message(await body(request)) });
    } catch (error) {
      return say(response, 200, { error: String(error) });
    }
  }
  if (pathname === "/__told") {
    response.writeHead(200, { "Content-Type": "text/event-stream" }).write("retry: 100\n\n");
    listening.add(response);
    request.on("close", () => listening.delete(response));
    return;
  }
  if (pathname === "/__stand-in.js") {
    const preload = readFileSync(join(dist, "client.cjs"), "utf8");
    const stand = readFileSync(join(import.meta.dirname, "stand-in.js"), "utf8");
    const argv = JSON.stringify(window().options.webPreferences?.additionalArguments);
    response.writeHead(200, { "Content-Type": "text/javascript" }).end(stand.replace("/*PRELOAD*/", () => preload).replace("/*ARGV*/[]", () => argv));
    return;
  }
  return page(request, response, pathname);
}

/** What the scheme answers; an error of the network is a line that is cut. */
async function page(request: IncomingMessage, response: ServerResponse, pathname: string): Promise<void> {
  const bare = request.method === "GET" || request.method === "HEAD";
  const headers = Object.entries(request.headers).filter(([name]) => !["host", "connection", "content-length", "transfer-encoding", "expect"].includes(name));
  const asked = new Request(`app://messenger${request.url}`, {
    method: request.method ?? "GET",
    headers: headers as [string, string][],
    ...(bare ? {} : { body: Readable.toWeb(request) as never, duplex: "half" as const }),
  });
  const store = stores.get("persist:server-1") as FakeStore;
  const said = await store.handler!(asked);
  if (said.type === "error") return void request.socket.destroy();
  response.writeHead(said.status, Object.fromEntries(said.headers));
  if (said.body === null || request.method === "HEAD") return void response.end();
  Readable.fromWeb(said.body as never).on("error", () => response.destroy()).pipe(response);
  void pathname;
}

/** The upgrade goes to the server with the headers that the main process gives it. */
function upgrade(request: IncomingMessage, line: import("node:stream").Duplex, head: Buffer): void {
  const url = new URL(request.url ?? "/", "http://x").searchParams.get("url") ?? "";
  const { hostname, port, pathname, host } = new URL(url);
  const store = stores.get("persist:server-1") as FakeStore;
  line.on("error", () => {});
  store.beforeHeaders({ url, requestHeaders: { ...request.headers, host } }, ({ cancel, requestHeaders = {} }: { cancel?: boolean; requestHeaders?: Record<string, string> }) => {
    if (cancel === true) return void line.destroy();
    const on = connect(Number(port) || 80, hostname, () => {
      const lines = Object.entries(requestHeaders).map(([name, value]) => `${name}: ${value}`);
      on.write([`GET ${pathname} HTTP/1.1`, ...lines, "", ""].join("\r\n"));
      on.write(head);
      on.pipe(line);
      line.pipe(on);
    });
    on.on("error", () => line.destroy());
    on.on("close", () => line.destroy());
    line.on("close", () => on.destroy());
  });
}

start();
const web = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
});
web.on("upgrade", upgrade);
// It asks the server who it is before it has a window.
while (windows.length === 0) await new Promise((later) => setTimeout(later, 20));
web.listen(Number(port), "127.0.0.1", () => console.log(`http://127.0.0.1:${(web.address() as { port: number }).port}`));
setInterval(() => {
  for (const [channel, told] of window().webContents.sent.splice(0)) {
    for (const each of listening) each.write(`data: ${JSON.stringify({ channel, told })}\n\n`);
  }
}, 20);
