import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock, settled } from "../testing/clock.ts";
import { FakeSocket } from "../testing/socket.ts";
import { ApiError, SignedOut, Unreachable } from "./errors.ts";
import { Socket } from "./socket.ts";

function stage(token: (spent?: string) => Promise<string> = async () => "t1") {
  const clock = new FakeClock();
  const sockets: FakeSocket[] = [];
  const asked: (string | undefined)[] = [];
  const socket = new Socket({
    connect: () => {
      sockets.push(new FakeSocket());
      return sockets.at(-1) as FakeSocket;
    },
    token: (spent) => {
      asked.push(spent);
      return token(spent);
    },
    clock,
    random: () => 1,
  });
  const latest = (): FakeSocket => sockets.at(-1) as FakeSocket;
  return { clock, sockets, socket, latest, asked };
}

async function opened(made: ReturnType<typeof stage>): Promise<FakeSocket> {
  made.socket.start();
  await settled();
  const raw = made.latest();
  raw.opens();
  raw.acks("auth", { user_id: 5, session_id: "s" });
  raw.welcomes();
  await settled();
  return raw;
}

test("it signs in by its first frame and is open after the welcome", async () => {
  const made = stage();
  const raw = await opened(made);
  assert.deepEqual(raw.sent[0], { type: "auth", id: 1, token: "t1" });
  assert.equal(made.socket.state, "open");
});

test("a command gets its own answer, whatever the order", async () => {
  const made = stage();
  const raw = await opened(made);
  const first = made.socket.command("ping.one");
  const second = made.socket.command("ping.two");
  raw.acks("ping.two", 2);
  raw.acks("ping.one", 1);
  assert.deepEqual(await Promise.all([first, second]), [1, 2]);
});

test("a refused command raises the server's error", async () => {
  const made = stage();
  const raw = await opened(made);
  const asked = made.socket.command("message.send");
  raw.says({
    type: "error",
    id: raw.sent.at(-1)?.["id"],
    error: { code: "forbidden", message: "No." },
  });
  await assert.rejects(
    asked,
    (error: unknown) => error instanceof ApiError && error.code === "forbidden",
  );
});

test("commands on a connection that breaks are unreachable, and it comes back", async () => {
  const made = stage();
  const raw = await opened(made);
  const asked = made.socket.command("message.send");
  raw.closes(1006);
  await assert.rejects(asked, Unreachable);
  assert.equal(made.socket.state, "waiting");
  await made.clock.advance(300);
  assert.equal(made.sockets.length, 2);
});

test("each failure makes the wait longer, progress makes it short again", async () => {
  const made = stage();
  await opened(made);
  for (const wait of [300, 600, 1200, 2400]) {
    made.latest().closes(1006);
    await made.clock.advance(wait - 1);
    assert.equal(made.socket.state, "waiting", `before ${wait}`);
    await made.clock.advance(1);
    assert.equal(made.socket.state, "connecting", `after ${wait}`);
  }
  made.latest().welcomes();
  made.socket.progressed();
  made.latest().closes(1006);
  await made.clock.advance(300);
  assert.equal(made.socket.state, "connecting");
});

test("a welcome alone is no progress, a connection that lasts is", async () => {
  const made = stage();
  await opened(made);
  made.latest().closes(4400);
  await made.clock.advance(300);
  made.latest().welcomes();
  made.latest().closes(4400);
  await made.clock.advance(599);
  assert.equal(made.socket.state, "waiting");
  await made.clock.advance(1);
  made.latest().welcomes();
  await made.clock.advance(10_000);
  made.latest().closes(1006);
  await made.clock.advance(300);
  assert.equal(made.socket.state, "connecting");
});

test("going away says when to come back", async () => {
  const made = stage();
  const raw = await opened(made);
  raw.closes(1001, '{"retry_after_ms":1500}');
  await made.clock.advance(1499);
  assert.equal(made.socket.state, "waiting");
  await made.clock.advance(1);
  assert.equal(made.socket.state, "connecting");
});

test("a token that ran out is replaced before the next try", async () => {
  const made = stage(async (spent) => (spent === "t1" ? "t2" : "t1"));
  const raw = await opened(made);
  raw.closes(4401, "token_expired");
  await made.clock.advance(300);
  made.latest().opens();
  assert.equal(made.asked.at(-1), "t1");
  assert.equal(made.latest().sent[0]?.["token"], "t2");
});

test("a token about to run out is renewed on the open connection", async () => {
  const made = stage(async (spent) => (spent === "t1" ? "t2" : "t1"));
  const raw = await opened(made);
  raw.says({ type: "auth.expiring" });
  await settled();
  assert.deepEqual(raw.sent.at(-1), { type: "auth", id: 2, token: "t2" });
  assert.equal(made.socket.state, "open");
});

test("who may not come in does not try again", async () => {
  const made = stage();
  const raw = await opened(made);
  const refused: number[] = [];
  made.socket.onRefused = (code) => refused.push(code);
  raw.closes(4403);
  await made.clock.advance(100_000);
  assert.deepEqual([refused, made.socket.state, made.sockets.length], [[4403], "stopped", 1]);
});

test("a session that is over ends it", async () => {
  const made = stage(async () => {
    throw new SignedOut();
  });
  const refused: number[] = [];
  made.socket.onRefused = (code) => refused.push(code);
  made.socket.start();
  await settled();
  assert.deepEqual(refused, [4401]);
});

test("silence is asked about, and without an answer the line is given up", async () => {
  const made = stage();
  const raw = await opened(made);
  await made.clock.advance(25_000);
  assert.equal(raw.sent.at(-1)?.["type"], "ping");
  await made.clock.advance(6_000);
  assert.ok(raw.closed);
  assert.equal(made.socket.state, "waiting");
});

test("what is written meanwhile does not put off the end of a dead line", async () => {
  const made = stage();
  const raw = await opened(made);
  const ask = (): Promise<void> => assert.rejects(made.socket.command("message.send"), Unreachable);
  const refused = [ask()];
  for (const at of [3, 6]) {
    await made.clock.advance(3_000);
    refused.push(ask());
    assert.equal(raw.sent.at(-1)?.["type"], "message.send", `after ${at} seconds`);
  }
  await made.clock.advance(2_000);
  assert.equal(raw.sent.at(-1)?.["type"], "ping");
  await made.clock.advance(3_000);
  made.socket.nudge();
  refused.push(ask());
  await made.clock.advance(3_000);
  assert.ok(raw.closed);
  await Promise.all(refused);
});

test("a pong keeps the line", async () => {
  const made = stage();
  const raw = await opened(made);
  for (let turn = 0; turn < 5; turn += 1) {
    await made.clock.advance(25_000);
    raw.says({ type: "pong", at: "2026-11-21T09:30:00.000Z" });
  }
  assert.equal(made.socket.state, "open");
});

test("somebody who looks does not wait", async () => {
  const made = stage();
  const raw = await opened(made);
  raw.closes(1001, '{"retry_after_ms":60000}');
  made.socket.nudge();
  await settled();
  assert.equal(made.sockets.length, 2);
});

test("frames of a connection that was given up are not heard", async () => {
  const made = stage();
  const raw = await opened(made);
  const heard: string[] = [];
  made.socket.onFrame = (frame) => heard.push(frame.type);
  made.socket.stop();
  raw.says({ type: "message.created" });
  assert.deepEqual(heard, []);
});
