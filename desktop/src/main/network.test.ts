// What a proxy and a server ask of whoever sits here.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { FakeApp } from "../testing/electron.ts";
import { directory } from "../testing/machine.ts";
import { Log } from "./log.ts";
import { answerNetwork } from "./network.ts";

function asking(t: TestContext, logins: ({ name: string; password: string } | null)[], choice: number | null) {
  const app = new FakeApp({});
  const asked: unknown[] = [];
  let now = 0;
  const askAgain = answerNetwork({
    app: app as never,
    log: new Log(directory(t), () => 0),
    now: () => now,
    login: async (...given) => {
      asked.push(given);
      const said = logins.shift();
      if (said === undefined) throw new Error("closed");
      return said;
    },
    certificate: async (...given) => {
      asked.push(given);
      if (choice === -1) throw new Error("closed");
      return choice;
    },
  });
  const login = (firstAuthAttempt = true, isProxy = true): Promise<unknown[]> => new Promise((resolve) => app.emit("login", {}, { firstAuthAttempt }, { isProxy, host: "proxy", port: 3128, realm: "R" }, (...given: unknown[]) => resolve(given)));
  const choose = (offered: object[]): Promise<unknown[]> => new Promise((resolve) => app.emit("select-client-certificate", {}, "https://chat.example.org/", offered, (...given: unknown[]) => resolve(given)));
  return { app, asked, login, choose, askAgain, later: (ms: number) => void (now += ms) };
}

test("a proxy's login is asked for once for all, and again when it was wrong", async (t) => {
  const { login, asked } = asking(t, [{ name: "a", password: "wrong" }, { name: "a", password: "b" }], null);
  assert.deepEqual(await Promise.all([login(), login()]), [["a", "wrong"], ["a", "wrong"]]);
  assert.deepEqual(await login(false), ["a", "b"]);
  assert.deepEqual(asked, [["proxy:3128", "R", false], ["proxy:3128", "R", true]]);
  // Each partition comes for itself: nobody is asked again for what was good.
  for (let partition = 0; partition < 5; partition++) assert.deepEqual(await login(), ["a", "b"]);
  assert.equal(asked.length, 2);
});

test("who closes the question is not asked by the next attempt, but when they are at it again, or later", async (t) => {
  const { login, asked, askAgain, later } = asking(t, [null, null, null, { name: "a", password: "b" }], null);
  assert.deepEqual(await Promise.all([login(), login(), login()]), [[], [], []]);
  assert.deepEqual(await login(), []);
  assert.equal(asked.length, 1);
  askAgain();
  assert.deepEqual(await login(), []);
  later(9 * 60_000);
  assert.deepEqual(await login(), []);
  assert.equal(asked.length, 2);
  later(2 * 60_000);
  assert.deepEqual(await login(), []);
  askAgain();
  assert.deepEqual(await login(), ["a", "b"]);
});

test("a site that asks for a login gets none", async (t) => {
  const { login, asked } = asking(t, [], null);
  assert.deepEqual([await login(true, false), asked], [[], []]);
});

const CERTIFICATE = { subjectName: "Alice", issuerName: "Acme CA", validExpiry: 1_800_000_000 };

test("a certificate of one's own is chosen by the person, never by itself", async (t) => {
  const { choose, asked } = asking(t, [], 1);
  assert.deepEqual(await choose([CERTIFICATE, { ...CERTIFICATE, subjectName: "Work" }]), [{ ...CERTIFICATE, subjectName: "Work" }]);
  assert.deepEqual(asked, [["chat.example.org", ["Alice · Acme CA · 2027-01-15", "Work · Acme CA · 2027-01-15"]]]);
  assert.deepEqual(await choose([]), []);
  const both = asking(t, [], 0);
  const chosen = await Promise.all([both.choose([CERTIFICATE, { ...CERTIFICATE, subjectName: "Work" }]), both.choose([{ ...CERTIFICATE, subjectName: "Work" }, CERTIFICATE])]);
  assert.deepEqual(chosen, [[CERTIFICATE], [CERTIFICATE]]);
  assert.equal(both.asked.length, 1);
  assert.deepEqual(await asking(t, [], null).choose([CERTIFICATE]), []);
  assert.deepEqual(await asking(t, [], -1).choose([CERTIFICATE]), []);
});

test("a certificate that is not trusted is never let through", (t) => {
  const { app } = asking(t, [], null);
  for (const url of ["https://chat.example.org/", "nonsense"]) {
    let said: unknown = null;
    const { prevented } = app.emit("certificate-error", {}, url, "net::ERR_CERT_DATE_INVALID", {}, (trust: boolean) => (said = trust));
    assert.deepEqual([prevented, said], [true, false]);
  }
});
