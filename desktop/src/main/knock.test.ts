// A proxy with a login, and a server that wants a certificate, for requests of the main process.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { event, FakeWindow, windows } from "../testing/electron.ts";
import { ABOUT, answers } from "../testing/machine.ts";
import { scene, SERVER, settle } from "../testing/program.ts";

/** A machine behind a proxy: `open` is which partitions it lets through. */
async function behind(t: TestContext, barred: () => Promise<Response>, knocked: (window: FakeWindow, open: Set<string>) => Promise<unknown> = async () => {}) {
  const open = new Set<string>();
  const asked: [string, string][] = [];
  let now = Date.parse("2026-11-29T12:00:00Z");
  const made = await scene(t, {
    servers: [],
    now: () => now,
    before: (electron) => {
      electron.BrowserWindow = class extends FakeWindow {
        override loadURL = async (url: string): Promise<void> => {
          this.note("load", url);
          if (this.options.webPreferences?.javascript === false) await knocked(this, open);
        };
      } as never;
      const { fromPartition } = electron.session;
      electron.session.fromPartition = (partition) => {
        const store = fromPartition(partition);
        (store as any).answer = async (_url: string, init: RequestInit) => {
          asked.push([partition, String(init?.body ?? "")]);
          return open.has(partition) ? answers({ data: ABOUT }) : barred();
        };
        return store;
      };
    },
  });
  const knocks = (): FakeWindow[] => windows.filter(({ options }) => options.webPreferences?.javascript === false);
  return { ...made, open, asked, knocks, later: (ms: number) => void (now += ms) };
}

const PROXY = async (): Promise<Response> => answers({}, 407);

test("a first start behind a proxy with a login asks for it, in a window that nobody sees, and gets through", async (t) => {
  const answered: unknown[] = [];
  const { electron, pageAsk, page, knocks } = await behind(t, PROXY, (window, open) =>
    new Promise<void>((done) => {
      const info = { isProxy: true, host: "proxy", port: 3128, realm: "R" };
      electron.app.emit("login", window.webContents, { firstAuthAttempt: true }, info, (...given: unknown[]) => {
        answered.push(given);
        open.add(window.webContents.session.partition);
        done();
      });
    }),
  );
  const trying = pageAsk("page:try", { address: "chat.example.org" });
  await settle();
  const [knock] = knocks();
  assert.deepEqual([knock?.last("load"), knock?.options.show, knock?.webContents.session.partition], [`${SERVER}/api/v1/server`, false, "probe"]);
  assert.equal(knock?.options.webPreferences?.sandbox, true);
  assert.equal(knock?.webContents.emit("will-navigate", event({ url: "https://evil.example/" })).prevented, true);
  const question = page();
  assert.equal((await electron.ipc.invoke(question.webContents.id, "app://shell/page.html", "page:begin")).kind, "login");
  await electron.ipc.invoke(question.webContents.id, "app://shell/page.html", "page:answer", { name: "alice", password: "x" });
  assert.deepEqual(await trying, { address: SERVER, name: "Acme" });
  assert.deepEqual(answered, [["alice", "x"]]);
  assert.equal(knock?.state.destroyed, true);
});

test("a server that wants a certificate is knocked at, too; many requests knock once", async (t) => {
  const wanted = async (): Promise<Response> => Promise.reject(new Error("net::ERR_SSL_CLIENT_AUTH_CERT_NEEDED"));
  const { program, asked, knocks } = await behind(t, wanted, async (_window, open) => open.add("probe"));
  const all = await Promise.all([program.probe(SERVER), program.probe(SERVER), program.probe(SERVER)]);
  assert.deepEqual(all.map((each) => "about" in each), [true, true, true]);
  assert.equal(knocks().length, 1);
  assert.equal(asked.length, 6);
});

test("who did not open is left alone for a while, but when they are at it again", async (t) => {
  const { program, pageAsk, knocks, later } = await behind(t, PROXY);
  const problem = async (): Promise<string> => ((await program.probe(SERVER)) as any).problem;
  assert.deepEqual([await problem(), await problem(), knocks().length], ["proxy", "proxy", 1]);
  later(11 * 60_000);
  assert.deepEqual([await problem(), knocks().length], ["proxy", 2]);
  await pageAsk("page:try", { address: "chat.example.org" });
  assert.equal(knocks().length, 3);
});

test("what fails for another reason, streams, or was given up is not repeated", async (t) => {
  let failure: () => Promise<Response> = PROXY;
  const { program, asked, knocks, store, open } = await behind(t, () => failure());
  program.servers.add(SERVER, ABOUT);
  const { knock } = program.client("1")!;
  await settle();
  knock.askAgain();
  const before = [asked.length, knocks().length];
  const streamed = new ReadableStream({ start: (out) => out.close() });
  assert.equal((await knock.fetch(`${SERVER}/x`, { method: "POST", body: streamed, duplex: "half" } as never)).status, 407);
  const gone = AbortSignal.abort();
  assert.equal((await knock.fetch(`${SERVER}/x`, { signal: gone })).status, 407);
  failure = async () => Promise.reject(new Error("net::ERR_CONNECTION_REFUSED"));
  await assert.rejects(knock.fetch(`${SERVER}/x`), /REFUSED/);
  assert.deepEqual([asked.length, knocks().length], [before[0]! + 3, before[1]]);
  // Its time ran out while somebody typed: it has time anew.
  failure = PROXY;
  const late = AbortSignal.abort(new DOMException("", "TimeoutError"));
  const tried = knock.fetch(`${SERVER}/x`, { method: "POST", body: "{}", signal: late });
  open.add("persist:server-1");
  assert.equal((await tried).status, 200);
  assert.equal((store().of("fetch").at(-1)![1] as RequestInit).signal?.aborted, false);
});
