import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fake } from "../testing/electron.ts";
import { answers, directory } from "../testing/machine.ts";
import { forward } from "./api.ts";
import { Tokens } from "./tokens.ts";
import { Vault } from "./vault.ts";

const USER = { id: 5, username: "alice" };
const granted = (number: number) => answers({ data: { access: `a${number}`, refresh: `r${number}`, expires_in: 900, user: USER } });

interface Asked {
  url: string;
  init: RequestInit;
  body: any;
}

function session(t: TestContext, answer: (asked: Asked) => Response | Promise<Response>) {
  const electron = fake({});
  const vault = new Vault(electron.safeStorage, directory(t), "linux");
  const asked: Asked[] = [];
  let now = 0;
  const fetch = async (input: string | Request, init: RequestInit = {}): Promise<Response> => {
    const body = typeof init.body === "string" ? JSON.parse(init.body) : init.body;
    asked.push({ url: String(input), init, body });
    return answer(asked.at(-1) as Asked);
  };
  const tokens = new Tokens({ id: "1", address: "https://chat.example.org", fetch: fetch as never, vault, now: () => now, device: "Messenger, Linux" });
  const ask = (path: string, init: RequestInit = {}) => forward(new Request(`http://messenger/api/v1${path}`, { method: "POST", ...init }), { address: "https://chat.example.org", fetch: fetch as never, tokens });
  return { electron, vault, tokens, asked, ask, later: (ms: number) => void (now += ms) };
}

test("a sign-in leaves the refresh token here, and gives the page the rest", async (t) => {
  const { ask, asked, vault } = session(t, () => granted(1));
  const answer = await ask("/auth/login", { body: JSON.stringify({ login: "alice", password: "x", cookie: true, device: "Chrome" }), headers: { "Accept-Language": "ru", Cookie: "a=b" } });
  assert.deepEqual(await answer.json(), { data: { access: "a1", refresh: null, expires_in: 900, user: USER } });
  assert.equal(vault.get("1"), "r1");
  assert.deepEqual(asked[0]?.body, { login: "alice", password: "x", device: "Messenger, Linux" });
  assert.equal(asked[0]?.init.credentials, "omit");
  assert.equal(asked[0]?.init.redirect, "error");
});

test("a wrong password is told as the server tells it", async (t) => {
  const { ask, vault } = session(t, () => answers({ error: { code: "invalid_credentials", message: "no" } }, 401));
  const answer = await ask("/auth/login", { body: "{}" });
  assert.equal(answer.status, 401);
  assert.equal(((await answer.json()) as any).error.code, "invalid_credentials");
  assert.equal(vault.get("1"), null);
});

test("an answer without a refresh token is no sign-in", async (t) => {
  const { ask, vault } = session(t, () => answers({ data: { access: "a", refresh: null, expires_in: 900 } }));
  assert.equal((await ask("/auth/register", { body: "{}" })).status, 502);
  assert.equal(vault.get("1"), null);
});

test("what is no sign-in is not sent", async (t) => {
  const { ask, asked } = session(t, () => granted(1));
  for (const body of ["no json", "null", `"${"x".repeat(70_000)}"`]) assert.equal((await ask("/auth/login", { body })).type, "error");
  assert.deepEqual(asked, []);
});

test("of several renewals at once one is asked for; its token is on the disk before anybody has it", async (t) => {
  let number = 0;
  const { tokens, vault, asked } = session(t, () => granted(++number));
  vault.put("1", "r0");
  const all = await Promise.all([tokens.renew(), tokens.renew(), tokens.access()]);
  assert.deepEqual(asked.map(({ body }) => body), [{ refresh: "r0" }]);
  assert.equal(vault.get("1"), "r1");
  assert.equal(all[2], "a1");
  assert.equal(((await all[0].json()) as any).data.refresh, null);
});

test("an access token is used until shortly before its end", async (t) => {
  let number = 0;
  const { tokens, vault, later } = session(t, () => granted(++number));
  vault.put("1", "r0");
  assert.equal(await tokens.access(), "a1");
  later(800_000);
  assert.equal(await tokens.access(), "a1");
  later(90_000);
  assert.equal(await tokens.access(), "a2");
});

test("who is not signed in has no token, and the server is not asked", async (t) => {
  const { tokens, asked, ask } = session(t, () => granted(1));
  assert.equal(await tokens.access(), null);
  assert.equal((await ask("/auth/refresh", { body: "{}" })).status, 401);
  assert.deepEqual(asked, []);
});

test("a session that the server ended is forgotten; one that it could not look at is not", async (t) => {
  let status = 503;
  const { tokens, vault } = session(t, () => answers({ error: { code: "x", message: "" } }, status));
  vault.put("1", "r0");
  await assert.rejects(tokens.access(), /503/);
  assert.equal(vault.get("1"), "r0");
  status = 401;
  assert.equal(await tokens.access(), null);
  assert.equal(vault.get("1"), null);
});

test("who signed in again while the old session was found to be over stays signed in", async (t) => {
  const { tokens, vault } = session(t, () => {
    vault.put("1", "new");
    return answers({ error: { code: "unauthorized", message: "" } }, 401);
  });
  vault.put("1", "old");
  await tokens.renew();
  assert.equal(vault.get("1"), "new");
});

test("signing out tells the server which session, and forgets it", async (t) => {
  const { ask, vault, asked } = session(t, () => answers({ data: {} }));
  vault.put("1", "r0");
  assert.equal((await ask("/auth/logout", { body: "{}", headers: { Authorization: "Bearer a0" } })).status, 200);
  assert.deepEqual([asked[0]?.body, new Headers(asked[0]?.init.headers).get("Authorization")], [{ refresh: "r0" }, "Bearer a0"]);
  assert.equal(vault.get("1"), null);
});

test("without a connection one stays signed in until the server knows", async (t) => {
  const { ask, vault } = session(t, () => Promise.reject(new Error("net::ERR_INTERNET_DISCONNECTED")));
  vault.put("1", "r0");
  assert.equal((await ask("/auth/logout", { body: "{}" })).type, "error");
  assert.equal(vault.get("1"), "r0");
});

test("a request goes on without cookies, origin and anything else of the page's own", async (t) => {
  const { ask, asked } = session(t, () => answers({ data: 1 }, 201, { "Set-Cookie": "x=y", "Strict-Transport-Security": "z", "X-Request-Id": "abc" }));
  const headers = { Authorization: "Bearer p", "Idempotency-Key": "k", "Content-Type": "application/json", Cookie: "a=b", Origin: "app://messenger", "X-Forwarded-For": "1.2.3.4" };
  const answer = await ask("/chats?x=1", { body: "{}", headers });
  assert.equal(asked[0]?.url, "https://chat.example.org/api/v1/chats?x=1");
  const sent = Object.fromEntries(new Headers(asked[0]?.init.headers));
  assert.deepEqual([asked[0]?.init.redirect, asked[0]?.init.credentials], ["error", "omit"]);
  assert.deepEqual(sent, { authorization: "Bearer p", "content-type": "application/json", "idempotency-key": "k" });
  assert.deepEqual([answer.status, answer.headers.get("X-Request-Id"), answer.headers.get("Set-Cookie"), answer.headers.get("Strict-Transport-Security")], [201, "abc", null, null]);
});

test("pictures and players get a token here; nothing else does", async (t) => {
  const { ask, asked, vault } = session(t, ({ url }) => (url.endsWith("/auth/refresh") ? granted(1) : new Response("x", { headers: { "Content-Encoding": "gzip", "Content-Length": "3" } })));
  vault.put("1", "r0");
  const answer = await ask("/files/1/preview?size=320", { method: "GET", headers: { Range: "bytes=0-1" } });
  assert.equal(new Headers(asked[1]?.init.headers).get("Authorization"), "Bearer a1");
  assert.equal(new Headers(asked[1]?.init.headers).get("Range"), "bytes=0-1");
  assert.deepEqual([answer.headers.get("Content-Encoding"), answer.headers.get("Content-Length")], [null, null]);
  await ask("/organisation", { method: "GET" });
  assert.equal(new Headers(asked[2]?.init.headers).get("Authorization"), null);
});

test("what is of the server is data: no script, no style, and a document without power", async (t) => {
  let type = "";
  const { ask, vault } = session(t, () => new Response("x", { headers: { "Content-Type": type, "Content-Security-Policy": "default-src *" } }));
  vault.put("1", "r0");
  for (const [given, made] of [
    ["text/javascript", "application/octet-stream"],
    ["Application/X-JavaScript; charset=utf-8", "application/octet-stream"],
    ["text/css", "application/octet-stream"],
    ["text/html", "text/html"],
    ["image/png", "image/png"],
    ["application/json; charset=utf-8", "application/json; charset=utf-8"],
  ] as const) {
    type = given;
    const { headers } = await ask("/files/1", { method: "GET", headers: { Authorization: "Bearer a" } });
    assert.deepEqual([headers.get("Content-Type"), headers.get("X-Content-Type-Options"), headers.get("Content-Security-Policy")], [made, "nosniff", "default-src 'none'; sandbox"]);
  }
});

test("an answer without a body has none", async (t) => {
  const { ask, vault } = session(t, () => new Response(null, { status: 304 }));
  vault.put("1", "r0");
  assert.equal((await ask("/chats", { method: "GET" })).status, 304);
});

test("what is sent streams, and can be given up", async (t) => {
  const { ask, asked } = session(t, async ({ init }) => answers({ size: (await new Response(init.body).arrayBuffer()).byteLength }));
  const answer = await ask("/files?chat_id=1", { body: new Uint8Array(5000) });
  assert.deepEqual(await answer.json(), { size: 5000 });
  assert.equal((asked[0]?.init as { duplex?: string }).duplex, "half");
  assert.ok(asked[0]?.init.signal instanceof AbortSignal);
});

// The vault

test("a refresh token is on the disk as the system's key store seals it, for its owner alone", (t) => {
  const { safeStorage } = fake({});
  const home = directory(t);
  new Vault(safeStorage, home, "win32").put("7", "a secret");
  const kept = readFileSync(join(home, "secrets", "7"), "utf8");
  assert.doesNotMatch(kept, /a secret/);
  const again = new Vault(safeStorage, home, "win32");
  assert.equal(again.get("7"), "a secret");
  again.forget("7");
  assert.equal(again.get("7"), null);
  assert.equal(existsSync(join(home, "secrets", "7")), false);
});

test("where there is no key store a token is held in memory alone", (t) => {
  for (const [available, backend, platform] of [[false, "", "win32"], [true, "basic_text", "linux"], [true, "unknown", "linux"]] as const) {
    const electron = fake({});
    Object.assign(electron.secret, { available, backend });
    const home = directory(t);
    const vault = new Vault(electron.safeStorage, home, platform);
    vault.put("1", "a secret");
    assert.deepEqual([vault.lasts, vault.get("1"), existsSync(join(home, "secrets"))], [false, "a secret", false]);
    assert.equal(new Vault(electron.safeStorage, home, platform).get("1"), null);
  }
});

test("what another key sealed is gone, and no error", (t) => {
  const { safeStorage } = fake({});
  const home = directory(t);
  new Vault(safeStorage, home, "darwin").put("1", "x");
  writeFileSync(join(home, "secrets", "1"), "of another machine");
  assert.equal(new Vault(safeStorage, home, "darwin").get("1"), null);
  assert.equal(existsSync(join(home, "secrets", "1")), false);
});
