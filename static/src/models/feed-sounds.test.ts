import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Browser, freshDevice, tab, until } from "../testing/device.ts";
import { FakeServer } from "../testing/server.ts";
import { voiceAfter } from "./feed-sounds.ts";
import type { File, Message } from "./types.ts";

beforeEach(freshDevice);

const ALICE = 1;

test("after a voice message the next of its chat is heard, past texts, music and what was deleted", async () => {
  const server = new FakeServer("alice", "bob");
  const [chat, other] = [server.group(ALICE, 2), server.group(ALICE, 2)];
  const { account } = await tab(server, ALICE, new Browser());
  await until(() => account.chats.of(chat).value !== null);
  const put = (chat_id: number, seq: number, ids: string[], more: Partial<Message> = {}): Promise<unknown> => {
    const files = ids.map((id) => ({ id, shown_as: id.startsWith("v") ? "voice" : null }) as File);
    const message = { chat_id, seq, n: seq, files, deleted_at: null, ...more } as Message;
    return account.database.put("messages", message as never);
  };
  await put(chat, 101, ["v1", "m1", "v2"]);
  await put(chat, 102, []);
  await put(chat, 103, ["v3"], { deleted_at: "2026-01-01T00:00:00.000Z" });
  await put(chat, 104, ["m2", "v4"]);
  await put(other, 105, ["v5"]);
  const after = async (seq: number, id: string): Promise<string | undefined> =>
    (await voiceAfter(account.replica, chat, seq, id))?.file.id;
  assert.equal(await after(101, "v1"), "v2");
  assert.equal(await after(101, "v2"), "v4");
  assert.equal(await after(104, "v4"), undefined);
  account.close();
});
