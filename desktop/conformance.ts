// Whether a server speaks the protocol to a client of raw WebSockets: `node desktop/conformance.ts
// ADDRESS NAME PASSWORD CHAT`. Node's `ws` with the header, and the WebSocket that browsers and Node
// have with the first frame, each in JSON and in MessagePack. Prints what held; exits 1 at what did not.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { decode, encode } from "@msgpack/msgpack";
import { WebSocket as Raw } from "ws";

type Frame = Record<string, any>;
type Way = "header" | "frame";

const CODECS = {
  "messenger.v1.json": { write: (frame: Frame) => JSON.stringify(frame), read: (data: any) => JSON.parse(String(data)) as Frame },
  "messenger.v1.msgpack": { write: (frame: Frame) => encode(frame), read: (data: any) => decode(new Uint8Array(data)) as Frame },
} as const;
type Protocol = keyof typeof CODECS;

const WITHIN_MS = 10_000;

/** One connection, and the frames that came over it. */
export class Line {
  readonly #socket: Raw | WebSocket;
  readonly #codec: (typeof CODECS)[Protocol];
  readonly #frames: Frame[] = [];
  readonly closed = Promise.withResolvers<number>();
  readonly opened = Promise.withResolvers<void>();
  #wake: () => void = () => {};
  #next = 0;

  constructor(socket: Raw | WebSocket, protocol: Protocol) {
    this.#socket = socket;
    this.#codec = CODECS[protocol];
    socket.binaryType = "arraybuffer";
    const target = socket as WebSocket;
    target.onopen = () => this.opened.resolve();
    target.onerror = () => {};
    target.onmessage = ({ data }) => {
      this.#frames.push(this.#codec.read(data));
      this.#wake();
    };
    target.onclose = ({ code }) => {
      this.closed.resolve(code);
      this.opened.reject(new Error(`closed with ${code}`));
      this.#wake();
    };
    this.opened.promise.catch(() => {});
  }

  send(frame: Frame): void {
    this.#socket.send(this.#codec.write(frame) as never);
  }

  /** The next frame that is so, of those that came and come; it is taken out. */
  async expect(is: (frame: Frame) => boolean, what: string): Promise<Frame> {
    const until = Date.now() + WITHIN_MS;
    for (;;) {
      const at = this.#frames.findIndex(is);
      if (at >= 0) return this.#frames.splice(at, 1)[0] as Frame;
      if (Date.now() > until) throw new Error(`no ${what}; there was ${JSON.stringify(this.#frames)}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 200);
      });
    }
  }

  /** The answer to a command: its `ack` or `error`, exactly one. */
  async command(type: string, fields: Frame = {}): Promise<Frame> {
    const id = ++this.#next;
    this.send({ type, id, ...fields });
    return this.expect((frame) => frame["id"] === id, `answer to ${type}`);
  }

  close(): void {
    this.#socket.close();
  }
}

export interface Signed {
  access: string;
  user_id: number;
}

export async function signIn(address: string, login: string, password: string): Promise<Signed> {
  const answer = await fetch(`${address}/api/v1/auth/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ login, password, device: "conformance" }),
  });
  const { data } = (await answer.json()) as { data: { access: string; user: { id: number } } };
  assert.equal(answer.status, 200, "the sign-in was refused");
  return { access: data.access, user_id: data.user.id };
}

function connect(address: string, protocol: Protocol, way: Way, token: string, origin?: string): Line {
  const url = `${address.replace(/^http/, "ws")}/api/v1/ws`;
  if (way === "frame") return new Line(new WebSocket(url, [protocol]), protocol);
  const headers = { Authorization: `Bearer ${token}`, ...(origin === undefined ? {} : { Origin: origin }) };
  return new Line(new Raw(url, [protocol], { headers }), protocol);
}

/** One conversation, as each of the ways of connecting has it; the names of what held. */
async function converse(address: string, protocol: Protocol, way: Way, who: Signed, chat_id: number): Promise<string[]> {
  const held: string[] = [];
  const line = connect(address, protocol, way, who.access);
  await line.opened.promise;
  if (way === "frame") {
    const refused = await line.command("ping");
    assert.equal(refused["error"]?.code, "unauthorized");
    held.push("nothing is answered before `auth`");
    const ack = await line.command("auth", { token: who.access });
    assert.equal(ack["data"].user_id, who.user_id);
  }
  const welcome = await line.expect(({ type }) => type === "connection.welcome", "welcome");
  assert.equal(welcome["user_id"], who.user_id);
  assert.ok(Number.isSafeInteger(welcome["api_level"]) && Number.isSafeInteger(welcome["epoch"]));
  assert.match(welcome["server_time"], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  held.push("welcome follows authentication");

  const again = await line.command("auth", { token: who.access });
  assert.equal(again["type"], "ack");
  held.push("a fresh `auth` of the same session keeps the socket");

  const subscribed = await line.command("subscribe", { streams: [[chat_id, null], [999_999_999, null]] });
  const [own, other] = subscribed["data"].streams as Frame[];
  assert.ok(Number.isSafeInteger(own?.["seq"]));
  assert.equal(other?.["gone"], true);
  held.push("one stream that may not be read takes no other along");

  const client_message_id = randomUUID();
  const said = { chat_id, client_message_id, text: `${protocol} by ${way}` };
  const id = 1_000;
  line.send({ type: "message.send", id, ...said });
  const event = await line.expect(({ type, data }) => type === "message.created" && data.client_message_id === client_message_id, "own event");
  const sent = await line.expect((frame) => frame["id"] === id, "ack");
  assert.deepEqual([sent["type"], sent["data"].seq, sent["data"].duplicate], ["ack", event["seq"], false]);
  assert.equal(event["data"].text, said.text);
  held.push("one's own event comes, and the ack names it");

  const repeated = await line.command("message.send", said);
  assert.deepEqual([repeated["data"].seq, repeated["data"].duplicate], [event["seq"], true]);
  held.push("a message sent twice is one message");

  const mismatch = await line.command("message.send", { ...said, text: "another" });
  assert.equal(mismatch["error"].code, "idempotency_mismatch");
  const bad = await line.command("message.send", { chat_id, text: 5 });
  assert.equal(bad["error"].code, "validation_failed");
  const unknown = await line.command("nonsense");
  assert.equal(unknown["type"], "error");
  held.push("what is wrong is answered with its `id`, and the socket lives");

  const resumed = connect(address, protocol, "header", who.access);
  await resumed.expect(({ type }) => type === "connection.welcome", "welcome");
  await resumed.command("subscribe", { streams: [[chat_id, event["seq"] - 1]], epoch: welcome["epoch"] });
  await resumed.expect(({ type, seq }) => type === "message.created" && seq === event["seq"], "what was missed");
  held.push("a cursor resumes where it was");
  resumed.close();

  const pong = await line.command("ping");
  assert.equal(pong["type"], "pong");
  line.close();
  await line.closed.promise;
  return held;
}

/** What a server does not take. */
async function refusals(address: string, who: Signed): Promise<string[]> {
  const wrong = connect(address, "messenger.v1.json", "header", "nonsense");
  assert.equal(await wrong.closed.promise, 4401);
  const kind = connect(address, "messenger.v1.json", "header", who.access);
  await kind.expect(({ type }) => type === "connection.welcome", "welcome");
  (kind as unknown as { send(frame: Frame): void }).send({ type: "ping" });
  await kind.expect(({ type }) => type === "pong", "pong");
  const evil = connect(address, "messenger.v1.json", "header", who.access, "https://evil.example");
  await assert.rejects(evil.opened.promise);
  const desktop = connect(address, "messenger.v1.json", "header", who.access, "app://messenger");
  await desktop.expect(({ type }) => type === "connection.welcome", "welcome");
  desktop.close();
  kind.close();
  return ["a bad token closes with 4401", "a page of another site may not connect", "the desktop client may, by the header"];
}

export async function conform(address: string, login: string, password: string, chat_id: number): Promise<string[]> {
  const who = await signIn(address, login, password);
  const held: string[] = [];
  for (const protocol of Object.keys(CODECS) as Protocol[]) {
    for (const way of ["header", "frame"] as const) {
      const found = await converse(address, protocol, way, who, chat_id);
      held.push(...found.map((each) => `${protocol}, ${way}: ${each}`));
    }
  }
  return [...held, ...(await refusals(address, who))];
}

if (import.meta.main) {
  const [address = "", login = "", password = "", chat = ""] = process.argv.slice(2);
  for (const each of await conform(address, login, password, Number(chat))) console.log(each);
}
