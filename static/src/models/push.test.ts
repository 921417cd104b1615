import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ApiError, Unreachable } from "../lib/errors.ts";
import type { Http } from "../lib/http.ts";
import { type Lack, NoService, type PushDevice, type Subscribed } from "../lib/push.ts";
import { Push } from "./push.ts";
import { readMark, staleMark } from "./push-mark.ts";
import type { NewSubscription, PushSubscription } from "./types.ts";

const [ALICE, BOB] = [1, 2];
const DAY = 86_400_000;

/** One browser, and a server that keeps subscriptions. */
class Stage implements PushDevice {
  key = "key-1";
  lacking: Lack | null = null;
  allowed: NotificationPermission = "default";
  answer: NotificationPermission = "granted";
  service = true;
  subscribed: Subscribed | null = null;
  made = 0;
  now = Date.parse("2026-11-21T09:30:00Z");
  said: NewSubscription[] = [];
  rows: PushSubscription[] = [];
  tests: { accepted: boolean; error?: string; error_code?: string; status?: number; came?: "page" | "server" }[] = [];
  broken: Error | null = null;
  readonly #stored = new Map<string, string>();
  #heard: (id: string) => void = () => {};
  readonly memory = {
    getItem: (name: string) => this.#stored.get(name) ?? null,
    setItem: (name: string, value: string) => void this.#stored.set(name, value),
    removeItem: (name: string) => void this.#stored.delete(name),
  };

  lack = () => this.lacking;
  permission = () => this.allowed;
  ask = async () => (this.allowed = this.answer);
  subscription = async () => this.subscribed;
  onPermission = (): void => {};

  subscribe = async (key: string): Promise<Subscribed> => {
    if (!this.service) throw new NoService();
    if (this.subscribed?.key !== key) {
      this.made += 1;
      this.subscribed = { endpoint: `https://push/${this.made}`, keys: { p256dh: "p", auth: "a" }, key };
    }
    return this.subscribed;
  };

  unsubscribe = async () => void (this.subscribed = null);

  onTest = (heard: (id: string) => void) => {
    this.#heard = heard;
    return () => void (this.#heard = () => {});
  };

  get = async () => ({ key: this.key });
  page = async () => ({ data: this.rows, next: null });

  change = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    if (this.broken) throw this.broken;
    if (path === "/push/test") return this.#test();
    if (method === "DELETE") return void (this.rows = this.rows.filter(({ id }) => !path.endsWith(id)));
    const given = body as NewSubscription;
    this.said.push(given);
    const id = `id-${given.endpoint.slice(-1)}`;
    const row = { id, current: true, received_at: null } as PushSubscription;
    this.rows = [...this.rows.filter((each) => each.id !== id), row];
    return row;
  };

  #test() {
    const { came, ...said } = this.tests.shift() ?? { accepted: true };
    if (came === "page") this.#heard("test");
    if (came === "server") this.rows = this.rows.map((row) => ({ ...row, received_at: "now" }));
    return { id: "test", status: null, error: null, ...said };
  }

  push(user_id = ALICE): Push {
    const clock = {
      now: () => this.now,
      after: (ms: number, run: () => void) => {
        this.now += ms;
        queueMicrotask(run);
        return () => {};
      },
    };
    return new Push({ user_id, http: this as unknown as Http, clock, device: this, memory: this.memory });
  }
}

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});

async function on(): Promise<Push> {
  const push = stage.push();
  await push.on("en");
  assert.equal(push.state.value, "on");
  return push;
}

test("a device without push says why, and asks for nothing", async () => {
  stage.lacking = "home_screen";
  const push = stage.push();
  await push.on("en");
  await push.look();
  assert.equal(push.state.value, "home_screen");
  assert.equal(stage.allowed, "default");
});

test("who does not allow it is not subscribed", async () => {
  stage.answer = "denied";
  const push = stage.push();
  await push.on("en");
  assert.equal(push.state.value, "denied");
  assert.deepEqual(stage.said, []);
});

test("it is subscribed once, and the next start says nothing new", async () => {
  await on();
  const again = stage.push();
  await again.keep("en");
  assert.equal(again.state.value, "on");
  assert.deepEqual(stage.said.map(({ endpoint, key, locale, replaces }) => [endpoint, key, locale, replaces]), [
    ["https://push/1", "key-1", "en", null],
  ]);
});

test("another key of the server's makes it subscribe anew, in the old one's place", async () => {
  await on();
  stage.key = "key-2";
  await stage.push().keep("en");
  const { endpoint, key, replaces } = stage.said[1] ?? assert.fail();
  assert.deepEqual([endpoint, key, replaces], ["https://push/2", "key-2", "https://push/1"]);
});

test("another language, another day or another session says it again", async () => {
  await on();
  await stage.push().keep("ru");
  assert.equal(stage.said.length, 2);
  stage.now += DAY + 1;
  await stage.push().keep("ru");
  assert.equal(stage.said.length, 3);
  staleMark(stage.memory);
  await stage.push().keep("ru");
  assert.equal(stage.said.length, 4);
});

test("without a connection what was switched on stays so", async () => {
  await on();
  staleMark(stage.memory);
  for (const error of [new Unreachable(), new ApiError({ code: "unavailable", message: "" })]) {
    stage.broken = error;
    const push = stage.push();
    await push.keep("en");
    await push.look();
    assert.equal(push.state.value, "on");
  }
});

test("another person on this device is not told what was the first one's", async () => {
  await on();
  const bobs = stage.push(BOB);
  await bobs.keep("en");
  assert.equal(bobs.state.value, "off");
  assert.equal(stage.subscribed, null);
  assert.equal(readMark(stage.memory), null);
});

test("off is off: here, at the server, and after a start", async () => {
  const push = await on();
  await push.off();
  assert.equal(push.state.value, "off");
  assert.equal(stage.subscribed, null);
  assert.deepEqual(stage.rows, []);
  await stage.push().keep("en");
  assert.equal(stage.said.length, 1);
});

test("a browser without a push service is told by its tabs, and tries again", async () => {
  stage.service = false;
  const push = stage.push();
  await push.on("en");
  assert.equal(push.state.value, "tabs");
  stage.service = true;
  const next = stage.push();
  await next.keep("en");
  assert.equal(next.state.value, "on");
  assert.equal(stage.said[0]?.replaces, null);
});

test("a device that the server has forgotten is said anew when one looks", async () => {
  const push = await on();
  stage.rows = [];
  assert.equal((await push.devices("en")).length, 1);
  assert.equal(stage.said.length, 2);
});

test("a test says what the service did, and whether the device answered", async () => {
  const push = await on();
  const [row = assert.fail()] = stage.rows;
  stage.tests = [
    { accepted: false, error: "No.", error_code: "status", status: 403 },
    { accepted: true, came: "page" },
    { accepted: true, came: "server" },
    { accepted: true },
  ];
  assert.deepEqual(await push.test(row), { taken: false, code: "status", status: 403, error: "No." });
  assert.deepEqual(await push.test(row), { taken: true, came: true });
  assert.deepEqual(await push.test(row), { taken: true, came: true });
  stage.rows = [row];
  const began = stage.now;
  assert.deepEqual(await push.test(row), { taken: true, came: false });
  assert.ok(stage.now - began <= 4_000);
});
