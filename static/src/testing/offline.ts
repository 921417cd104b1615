// Two people against a real server, both without a connection for a while: `node offline.ts` with
// the server's address, the chat, and each one's id and access token. Says what each has in the end.

import "fake-indexeddb/auto";
import { systemClock } from "../lib/clock.ts";
import { Http } from "../lib/http.ts";
import type { RawSocket } from "../lib/socket.ts";
import { Account } from "../models/account.ts";
import type { Me } from "../models/types.ts";
import { until } from "./clock.ts";
import { FakeMemory } from "./memory.ts";

const MESSAGES = 20;
const MOVES = 10;
const WITHIN_MS = 30_000;

class Device {
  readonly #origin: string;
  readonly #token: string;
  readonly #sockets = new Set<WebSocket>();
  readonly #me: Me;
  #down = false;
  account!: Account;

  constructor(origin: string, id: number, token: string) {
    this.#origin = origin;
    this.#token = token;
    this.#me = { id, username: `user${id}`, display_name: `user${id}` } as Me;
  }

  async open(): Promise<void> {
    const http = new Http({
      origin: this.#origin,
      fetch: this.#fetch,
      now: Date.now,
      alone: (work) => work(),
    });
    const world = {
      http,
      clock: systemClock,
      connect: this.#connect,
      locks: undefined,
      channel: (name: string) => new BroadcastChannel(name),
      memory: new FakeMemory(),
    };
    this.account = await Account.open(world, this.#me, () => {});
    await this.live();
  }

  async live(): Promise<void> {
    await until(() => this.account.link.state.value === "live", WITHIN_MS);
  }

  /** Sent, or waiting for a decision. */
  async quiet(): Promise<void> {
    await until(() => this.account.outbox.waiting.value === 0, WITHIN_MS);
  }

  async cut(): Promise<void> {
    this.#down = true;
    for (const socket of this.#sockets) socket.close();
    await until(() => this.account.link.state.value === "offline", WITHIN_MS);
  }

  async mend(): Promise<void> {
    this.#down = false;
    this.account.link.retryNow();
    await this.live();
  }

  #fetch: typeof fetch = async (address, init) => {
    if (this.#down) throw new TypeError("no network");
    if (String(address).endsWith("/auth/refresh")) {
      const data = { access: this.#token, refresh: null, expires_in: 900, user: this.#me };
      return new Response(JSON.stringify({ data }));
    }
    const { credentials: _credentials, cache: _cache, ...rest } = init ?? {};
    return fetch(address, rest);
  };

  #connect = (): RawSocket => {
    const address = this.#down ? "ws://127.0.0.1:9" : this.#origin.replace(/^http/, "ws");
    const socket = new WebSocket(`${address}/api/v1/ws`, "messenger.v1.json");
    this.#sockets.add(socket);
    return socket as unknown as RawSocket;
  };
}

const [origin = "", chatId = "", ...people] = process.argv.slice(2);
const chat = Number(chatId);
const devices: Device[] = [];
for (let at = 0; at + 1 < people.length; at += 2) {
  devices.push(new Device(origin, Number(people[at]), people[at + 1] ?? ""));
}
await Promise.all(devices.map((device) => device.open()));
await Promise.all(devices.map((device) => device.cut()));
devices.forEach(({ account }, who) => {
  const { columns } = account.boards.of(chat).value;
  const cards = columns.flatMap(({ tasks }) => tasks);
  for (let count = 0; count < MESSAGES; count += 1) {
    account.writing.send(chat, `${who}: message ${count}`);
    if (count >= MOVES) continue;
    // Each moves cards the other moves, too, and some of them several times.
    const card = cards[(count + who) % cards.length];
    const column = columns[(count * 2 + who) % columns.length]?.column;
    if (card && column)
      account.tasks.move(card.id, column.id, cards[(count + 4) % cards.length]?.id ?? null);
  }
});
await Promise.all(devices.map((device) => device.account.outbox.stored()));
await Promise.all(devices.map((device) => device.mend()));
await Promise.all(devices.map((device) => device.quiet()));
const conflicts = devices.map(({ account }) => account.outbox.conflicts.value.length);
for (const [who, { account }] of devices.entries()) {
  for (const { order } of account.outbox.conflicts.value) {
    account.outbox.resolve(order, who === 0 ? "mine" : "theirs");
  }
}
// What one resolves may be in the other's way again.
await Promise.all(devices.map((device) => device.quiet()));
const shown = async ({ account }: Device): Promise<object> => {
  const messages = await account.database.getAllFromIndex("messages", "n");
  const tasks = await account.database.getAll("tasks");
  return {
    texts: messages.filter((each) => each.chat_id === chat).map(({ text }) => text),
    cards: Object.fromEntries(tasks.map((task) => [task.id, [task.column_id, task.position]])),
    left: account.outbox.items.value.filter((item) => !item.quiet).length,
  };
};
const same = async (): Promise<boolean> => {
  const [one, other] = await Promise.all(devices.map(shown));
  return JSON.stringify(one) === JSON.stringify(other);
};
const deadline = Date.now() + WITHIN_MS;
while (!(await same()) && Date.now() < deadline)
  await new Promise((later) => setTimeout(later, 50));
console.log(JSON.stringify({ conflicts, devices: await Promise.all(devices.map(shown)) }));
for (const { account } of devices) account.close();
process.exit(0);
