// Whatever happens, and however often the connection breaks: a device that followed it all holds what
// a new device is given.

import assert from "node:assert/strict";
import { test } from "node:test";
import { freshDevice, liveTab, type Tab, until } from "../testing/device.ts";
import { dice } from "../testing/dice.ts";
import { FakeServer } from "../testing/server.ts";
import type { Account } from "./account.ts";

const [ALICE, BOB, CAROL] = [1, 2, 3];
const STEPS = 60;

type Roll = (sides: number) => number;

function happens(server: FakeServer, roll: Roll): void {
  const chats = [...server.rooms.keys()];
  const chat = chats[roll(chats.length)] ?? server.group(ALICE, BOB);
  const { messages, tasks, members } = server.room(chat);
  const message = messages[roll(messages.length)];
  const task = [...tasks.values()][roll(tasks.size)];
  const acts = [
    () => server.send([ALICE, BOB, CAROL][roll(3)] ?? BOB, chat, `text ${roll(1000)} @alice`),
    () => server.send(BOB, chat, `text ${roll(1000)}`),
    () => message && server.change(chat, message.seq, "message.edited", { text: `e${roll(99)}` }),
    () =>
      message && server.change(chat, message.seq, "message.deleted", { text: "", deleted_at: "x" }),
    () => message && server.change(chat, message.seq, "message.pinned", { pinned_at: "x" }),
    () => server.task(chat, { title: `task ${roll(99)}`, assigned_to: ALICE }),
    () => task && server.changeTask(task.id, { title: `t${roll(99)}` }),
    () => (members.has(CAROL) ? server.leave(chat, CAROL) : server.join(chat, CAROL)),
    () => (members.has(ALICE) ? server.leave(chat, ALICE) : server.join(chat, ALICE)),
    () => server.rooms.size < 5 && server.group(ALICE, BOB),
    () => message && server.mark(ALICE, chat, message.seq),
  ];
  acts[roll(acts.length)]?.();
}

async function breaks(server: FakeServer, { clock }: Tab, roll: Roll): Promise<void> {
  const ways = [
    () => server.cut(),
    () => [...server.sockets].forEach((socket) => (socket.skip = 1)),
    () => [...server.rooms.keys()].forEach((chat) => server.forgetLog(chat)),
    () => (server.epoch += 1) && server.cut(),
  ];
  if (roll(6) === 0) ways[roll(ways.length)]?.();
  if (roll(3) === 0) await clock.advance(1000);
}

/** All that a person can see of their chats, as far as it must be the same everywhere. */
async function held(account: Account, chats: number[]): Promise<object> {
  const { database } = account;
  const rows = await database.getAll("chats");
  const messages = await database.getAll("messages");
  const tasks = await database.getAll("tasks");
  return {
    chats: rows.map(({ id, n, last, chat }) => [id, n, last?.text ?? null, chat.title]),
    unread: account.chats.list.value.map(({ id, unread }) => [id, unread]).toSorted(byFirst),
    messages: messages.map(({ chat_id, seq, text, pinned_at, rev }) => [
      chat_id,
      seq,
      text,
      pinned_at,
      rev,
    ]),
    tasks: tasks.map(({ id, title, version }) => [id, title, version]),
    wanted: chats,
  };
}

/** With time going on: what waits for its moment must come to it. */
async function eventually({ clock }: Tab, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!holds()) {
    assert.ok(Date.now() < deadline, `never: ${holds}`);
    await clock.advance(1000);
  }
}

function byFirst(one: (number | undefined)[], other: (number | undefined)[]): number {
  return (one[0] ?? 0) - (other[0] ?? 0);
}

for (let seed = 1; seed <= 12; seed += 1) {
  test(`a device that followed agrees with a new one (${seed})`, async () => {
    freshDevice();
    const roll = dice(seed * 7919);
    const server = new FakeServer("alice", "bob", "carol");
    server.pageSize = 500;
    const followed = await liveTab(server, ALICE);
    for (let step = 0; step < STEPS; step += 1) {
      happens(server, roll);
      await breaks(server, followed, roll);
    }
    // A last word in each chat shows whether anything is missing before it.
    for (const chat of server.chatsOf(ALICE)) server.send(BOB, chat, "the end");
    server.cut();
    await until(() => followed.account.link.state.value !== "live");
    const chats = server.chatsOf(ALICE);
    const { link, chats: shown } = followed.account;
    await eventually(followed, () => link.state.value === "live");
    await eventually(followed, () =>
      chats.every((id) => shown.of(id).value?.last?.text === "the end"),
    );
    const old = await held(followed.account, chats);
    followed.account.close();
    freshDevice();
    const fresh = await liveTab(server, ALICE);
    await until(() => fresh.account.chats.list.value.length === chats.length);
    assert.deepEqual(old, await held(fresh.account, chats));
    fresh.account.close();
  });
}
