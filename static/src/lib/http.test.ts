import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, SignedOut, Unreachable } from "./errors.ts";
import { Http } from "./http.ts";

type Answer = { status: number; body: unknown } | "lost" | "garbage" | "too large";

function stage(...answers: Answer[]) {
  const asked: { address: string; init: RequestInit }[] = [];
  let now = 0;
  const http = new Http({
    origin: "http://server.test",
    now: () => now,
    alone: (work) => work(),
    fetch: async (address, init = {}) => {
      asked.push({ address: String(address), init });
      const answer = answers.shift() ?? "lost";
      if (answer === "lost") throw new TypeError("failed to fetch");
      if (answer === "garbage") return new Response("<html>Bad gateway</html>", { status: 502 });
      if (answer === "too large") return new Response("<html></html>", { status: 413 });
      const headers = { "X-Request-Id": "r1" };
      return new Response(JSON.stringify(answer.body), { status: answer.status, headers });
    },
  });
  const later = (ms: number): void => void (now += ms);
  const header = (at: number, name: string): string | null =>
    new Headers(asked[at]?.init.headers).get(name);
  return { http, asked, later, header };
}

const tokens = (access: string): Answer => ({
  status: 200,
  body: { data: { access, refresh: null, expires_in: 900, user: { id: 5 } } },
});
const ok = (data: unknown): Answer => ({ status: 200, body: { data } });
const refused = (status: number, code: string): Answer => ({
  status,
  body: { error: { code, message: code, details: { retry_after_ms: 5 } } },
});

test("a proxy that refuses is not taken for a lack of connection", async () => {
  const { http } = stage(tokens("t1"), "too large");
  await assert.rejects(
    http.change("POST", "/a", {}),
    (error: unknown) => error instanceof ApiError && error.code === "too_large",
  );
});

test("a request fetches a token first, and the next one uses it", async () => {
  const { http, asked, header } = stage(tokens("t1"), ok(1), ok(2));
  assert.deepEqual([await http.get("/a", { b: 1, c: undefined }), await http.get("/d")], [1, 2]);
  assert.deepEqual(
    asked.map(({ address }) => address.replace("http://server.test/api/v1", "")),
    ["/auth/refresh", "/a?b=1", "/d"],
  );
  assert.equal(header(1, "Authorization"), "Bearer t1");
});

test("a token that has run out is renewed before it is used", async () => {
  const { http, asked, later } = stage(tokens("t1"), ok(1), tokens("t2"), ok(2));
  await http.get("/a");
  later(900_000);
  await http.get("/a");
  assert.equal(asked.length, 4);
});

test("a token that the server refuses is renewed once", async () => {
  const { http, header } = stage(tokens("t1"), refused(401, "token_expired"), tokens("t2"), ok(1));
  assert.equal(await http.get("/a"), 1);
  assert.equal(header(3, "Authorization"), "Bearer t2");
});

test("requests at once renew the token once", async () => {
  const { http, asked } = stage(tokens("t1"), ok(1), ok(2));
  await Promise.all([http.get("/a"), http.get("/b")]);
  assert.equal(asked.length, 3);
});

test("a session that is over is told to whoever asked, and to the model", async () => {
  const { http } = stage(refused(401, "unauthorized"));
  let told = 0;
  http.onSignedOut = () => (told += 1);
  await assert.rejects(http.get("/a"), SignedOut);
  assert.equal(told, 1);
});

test("a refusal bears the server's words and the request's name", async () => {
  const { http } = stage(tokens("t1"), refused(429, "rate_limited"));
  const error = await http.get("/a").catch((raised: unknown) => raised);
  assert.ok(error instanceof ApiError);
  assert.deepEqual(
    [error.code, error.status, error.requestId, error.retryAfterMs, error.passes],
    ["rate_limited", 429, "r1", 5, true],
  );
});

test("no answer, and an answer that is not the server's, are both unreachable", async () => {
  const { http } = stage(tokens("t1"), "lost", "garbage");
  await assert.rejects(http.get("/a"), Unreachable);
  await assert.rejects(http.get("/a"), Unreachable);
});

test("a change carries its key", async () => {
  const { http, header, asked } = stage(tokens("t1"), ok({}));
  await http.change("POST", "/chats", { title: "a" }, "k1");
  assert.equal(header(1, "Idempotency-Key"), "k1");
  assert.equal(asked[1]?.init.body, '{"title":"a"}');
});
