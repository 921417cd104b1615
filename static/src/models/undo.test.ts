import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { freshDevice, liveTab, type Tab, until } from "../testing/device.ts";
import { FakeServer } from "../testing/server.ts";
import type { Task } from "./types.ts";
import { undoable } from "./undo.ts";

const [ALICE, BOB] = [1, 2];

beforeEach(freshDevice);

async function stage(count = 1) {
  const server = new FakeServer("alice", "bob");
  const lobby = server.group(ALICE, BOB);
  const tasks = Array.from({ length: count }, (_, at) => server.task(lobby, { title: `t${at}`, status: "done" }));
  const made = await liveTab(server, ALICE);
  const { account } = made;
  const sent = (): Promise<void> => until(() => account.outbox.items.value.length === 0);
  const stored = (at = 0): Task => server.room(lobby).tasks.get(tasks[at]?.id ?? 0) as Task;
  return { server, lobby, ids: tasks.map(({ id }) => id), made, account, sent, stored };
}

async function offline(server: FakeServer, { account }: Tab): Promise<void> {
  server.down = true;
  server.cut();
  await until(() => account.link.state.value === "offline");
}

test("what was set by one click is set back", async () => {
  const { ids, account, sent, stored } = await stage();
  const [id = 0] = ids;
  const undo = undoable(account, ids, () => account.tasks.update(id, { assigned_to: BOB, labels: ["x"] }));
  await sent();
  assert.equal(stored().assigned_to, BOB);
  undo();
  await sent();
  assert.deepEqual([stored().assigned_to, stored().labels], [null, []]);
});

test("nine that were put away with one click come back with one", async () => {
  const { ids, account, sent, server, lobby } = await stage(9);
  const undo = undoable(account, ids, () => {
    for (const id of ids) account.tasks.archive(id, true);
  });
  await sent();
  undo();
  await sent();
  const archived = [...server.room(lobby).tasks.values()].map((task) => (task as Task & { archived?: boolean }).archived);
  assert.deepEqual(archived, Array(9).fill(false));
});

test("what was not sent yet is given up, and nothing of it is ever sent", async () => {
  const { ids, account, made, server } = await stage(2);
  await offline(server, made);
  const before = server.requests.filter((each) => each.startsWith("PATCH")).length;
  const undo = undoable(account, ids, () => {
    for (const id of ids) account.tasks.update(id, { title: "changed" });
  });
  undo();
  assert.equal(account.outbox.items.value.length, 0);
  assert.deepEqual(ids.map((id) => account.tasks.of(id).value?.title), ["t0", "t1"]);
  assert.equal(server.requests.filter((each) => each.startsWith("PATCH")).length, before);
});

test("what somebody else has changed since stays as they left it", async () => {
  const { ids, account, sent, stored, server } = await stage();
  const [id = 0] = ids;
  const undo = undoable(account, ids, () => account.tasks.update(id, { assigned_to: ALICE, labels: ["mine"] }));
  await sent();
  server.changeTask(id, { assigned_to: BOB });
  await until(() => account.tasks.of(id).value?.assigned_to === BOB);
  undo();
  await sent();
  assert.deepEqual([stored().assigned_to, stored().labels], [BOB, []]);
});
