import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Browser, freshDevice, liveTab, type Tab, tab, until } from "../testing/device.ts";
import { Refusal } from "../testing/refusal.ts";
import { FakeServer } from "../testing/server.ts";
import { filesOf } from "./uploads/files.ts";
import type { Chosen } from "./uploads/trays.ts";

const ALICE = 1;

beforeEach(freshDevice);

function chosen(name: string): Chosen {
  const blob = new Blob([name], { type: "text/plain" });
  return { file: { id: crypto.randomUUID(), name, mime: blob.type, size: blob.size, width: null, height: null }, blob };
}

function stage() {
  const server = new FakeServer("alice", "bob");
  const chat = server.group(ALICE, 2);
  const names = (id: number): string[] => (server.room(chat).tasks.get(id)?.files ?? []).map(({ name }) => name);
  return { server, chat, names };
}

function attach({ account }: Tab, task: { id: number; chat_id: number }, ...names: string[]): void {
  filesOf(account).attach(task, names.map(chosen), true);
}

function shown({ account }: Tab, id: number) {
  const task = account.tasks.of(id).value;
  return {
    stored: task?.files.map(({ name }) => name),
    waiting: task?.attaching.flatMap(({ files }) => files.map(({ name }) => name)),
  };
}

test("files are shown on a task at once, and stay in their place when they are stored", async () => {
  const { server, chat, names } = stage();
  const task = server.task(chat, {});
  const hers = await liveTab(server, ALICE);
  attach(hers, task, "a", "b");
  assert.deepEqual(shown(hers, task.id), { stored: [], waiting: ["a", "b"] });
  await until(() => hers.account.outbox.waiting.value === 0);
  assert.deepEqual(shown(hers, task.id), { stored: ["a", "b"], waiting: [] });
  assert.deepEqual(names(task.id), ["a", "b"]);
});

test("files of a task that was made offline go out with it, once, after the tab was closed", async () => {
  const { server, chat, names } = stage();
  const browser = new Browser();
  const first = await liveTab(server, ALICE, browser);
  server.down = true;
  server.cut();
  const id = first.account.tasks.create({ title: "sand", chat_id: chat });
  attach(first, { id, chat_id: chat }, "a");
  await filesOf(first.account).stored();
  first.account.close();
  server.down = false;
  server.lost = 2;
  const second = await tab(server, ALICE, browser);
  for (let turn = 0; turn < 300 && second.account.outbox.items.value.length > 0; turn += 1) await second.clock.advance(500);
  const [task] = [...server.room(chat).tasks.values()];
  assert.equal(server.room(chat).tasks.size, 1);
  assert.deepEqual(names(task?.id ?? 0), ["a"]);
});

test("a file that is taken off is gone at once, as the cover too, and can be had back", async () => {
  const { server, chat, names } = stage();
  const file = server.files.file("a", chat, 1);
  const task = server.task(chat, { files: [file], cover_file_id: file.id });
  const hers = await liveTab(server, ALICE);
  const { account, clock } = hers;
  const off = account.tasks.detach(task.id, file.id);
  assert.deepEqual([shown(hers, task.id).stored, account.tasks.of(task.id).value?.cover_file_id], [[], null]);
  off.undo();
  assert.deepEqual([shown(hers, task.id).stored, account.tasks.of(task.id).value?.cover_file_id], [["a"], file.id]);
  account.tasks.detach(task.id, file.id);
  await clock.advance(9000);
  await until(() => account.outbox.items.value.length === 0);
  assert.deepEqual(names(task.id), []);
});

test("a refused file is shown where one tries again, and left out when it is not wanted", async () => {
  const { server, chat, names } = stage();
  const task = server.task(chat, {});
  const hers = await liveTab(server, ALICE);
  const { account } = hers;
  server.refusals.push({ fits: /\/files$/, refusal: new Refusal(403, "forbidden"), times: 1 });
  attach(hers, task, "a", "b");
  await until(() => account.outbox.failed.value.length === 1);
  const [failed] = account.outbox.failed.value;
  assert.deepEqual([shown(hers, task.id).waiting, account.tasks.of(task.id).value?.pending], [["a", "b"], false]);
  const [item] = account.tasks.of(task.id).value?.attaching ?? [];
  filesOf(account).remove(failed?.order ?? 0, item?.files[0]?.id ?? "");
  await until(() => account.outbox.items.value.length === 0);
  assert.deepEqual(names(task.id), ["b"]);
});
