import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { dice } from "../testing/dice.ts";
import { Browser, freshDevice, liveTab, tab, until } from "../testing/device.ts";
import { FakeServer } from "../testing/server.ts";
import type { Account } from "./account.ts";
import { feedOf } from "./feeds.ts";
import { forward } from "./forwarding.ts";
import { wordsOf } from "./words-of.ts";
import type { Message } from "./types.ts";

const [ALICE, BOB] = [1, 2];

beforeEach(freshDevice);

function stage() {
  const server = new FakeServer("alice", "bob");
  const lobby = server.group(ALICE, BOB);
  const office = server.group(ALICE, BOB);
  const said = server.send(BOB, lobby, "the plan");
  const texts = (): string[] => server.room(office).messages.map(({ text }) => text);
  return { server, lobby, office, said, texts, browser: new Browser() };
}

async function messageOf(account: Account, { chat_id, seq }: Message): Promise<Message> {
  const found = await account.database.get("messages", [chat_id, seq]);
  return found ?? assert.fail("it is not here");
}

test("a forwarded message is read in the other chat, with where it comes from", async () => {
  const { server, lobby, office, said, texts } = stage();
  const { account } = await liveTab(server, ALICE);
  forward(account, [await messageOf(account, said)], office);
  await until(() => account.outbox.waiting.value === 0);
  assert.deepEqual(texts(), ["the plan"]);
  const copy = server.room(office).messages[0];
  assert.deepEqual(
    [copy?.sender_id, copy?.forwarded_from?.author, copy?.forwarded_from?.chat_title],
    [ALICE, "bob", `chat ${lobby}`],
  );
});

test("what is forwarded without a connection is shown at once, and stored once there is one", async () => {
  const { server, office, said, texts, browser } = stage();
  const first = await liveTab(server, ALICE, browser);
  const message = await messageOf(first.account, said);
  server.down = true;
  server.cut();
  first.account.writing.send(office, "before it");
  forward(first.account, [message], office);
  await first.account.outbox.stored();
  first.account.close();
  const again = await tab(server, ALICE, browser);
  const { waiting } = feedOf(again.account.chats, office);
  assert.deepEqual(
    waiting.value.map(({ text, forwarded_from }) => [text, forwarded_from?.author ?? null]),
    [["before it", null], ["the plan", "bob"]],
  );
  server.down = false;
  again.account.link.retryNow();
  await until(() => again.account.outbox.waiting.value === 0);
  assert.deepEqual(texts(), ["before it", "the plan"]);
  assert.deepEqual(waiting.value, []);
});

test("a copy of a copy names the first author", async () => {
  const { server, lobby, office, said } = stage();
  const { account } = await liveTab(server, ALICE);
  forward(account, [await messageOf(account, said)], office);
  await until(() => account.outbox.waiting.value === 0);
  const copy = server.room(office).messages[0] ?? assert.fail();
  forward(account, [await messageOf(account, copy)], lobby);
  assert.equal(feedOf(account.chats, lobby).waiting.value[0]?.forwarded_from?.author, "bob");
  await until(() => account.outbox.waiting.value === 0);
  assert.equal(server.room(lobby).messages.at(-1)?.forwarded_from?.author, "bob");
});

test("one that was refused is in its person's hands, and can be given up", async () => {
  const { server, office, said, texts } = stage();
  const { account } = await liveTab(server, ALICE);
  const message = await messageOf(account, said);
  server.refuse(/message\.forward/, 404, "not_found");
  forward(account, [message], office);
  await until(() => account.outbox.failed.value.length === 1);
  const [item] = account.outbox.failed.value;
  assert.equal(item && wordsOf(item), null);
  account.outbox.cancel(item?.order ?? 0);
  assert.deepEqual([account.outbox.items.value, texts()], [[], []]);
});

test("whatever breaks on the way, every forwarded message is there once", async () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    freshDevice();
    const { server, office, said, texts, browser } = stage();
    const roll = dice(seed);
    let device = await liveTab(server, ALICE, browser);
    const message = await messageOf(device.account, said);
    const wanted = 5;
    for (let turn = 0; turn < wanted; turn += 1) {
      const luck = roll(5);
      if (luck === 0) server.lost += 1;
      if (luck === 1) server.cut();
      if (luck === 2) server.down = true;
      forward(device.account, [message], office);
      if (luck === 3) {
        await device.account.outbox.stored();
        device.account.close();
        device = await tab(server, ALICE, browser);
      }
      await new Promise((resolve) => setTimeout(resolve, roll(4)));
      server.down = false;
    }
    while (device.account.outbox.waiting.value > 0) {
      await device.clock.advance(60_000);
      device.account.link.retryNow();
    }
    assert.deepEqual(texts(), Array(wanted).fill("the plan"), `seed ${seed}`);
    device.account.close();
  }
});

test("several go as one, in the order of their chat", async () => {
  const { server, lobby, office, said, texts } = stage();
  const next = server.send(ALICE, lobby, "and what it costs");
  const { account } = await liveTab(server, ALICE);
  forward(account, [await messageOf(account, said), await messageOf(account, next)], office);
  assert.equal(account.outbox.waiting.value, 1);
  await until(() => account.outbox.waiting.value === 0);
  assert.deepEqual(texts(), ["the plan", "and what it costs"]);
});
