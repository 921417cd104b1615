import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Browser, freshDevice, liveTab, tab, until } from "../testing/device.ts";
import { FakeServer } from "../testing/server.ts";

const [ALICE, BOB] = [1, 2];

beforeEach(freshDevice);

async function stage() {
  const server = new FakeServer("alice", "bob");
  const [first, second] = [server.group(ALICE, BOB), server.group(ALICE, BOB)];
  server.send(BOB, first, "older");
  server.send(BOB, second, "newer");
  const { account, clock } = await liveTab(server, ALICE);
  await until(() => account.chats.list.value.length >= 2);
  const order = (): number[] =>
    account.chats.list.value.map(({ id }) => id).filter((id) => id === first || id === second);
  return { server, account, clock, first, second, order };
}

test("a message that waits is in its chat's row, and brings it up", async () => {
  const { server, account, clock, first, second, order } = await stage();
  server.down = true;
  await clock.advance(1000);
  account.writing.send(second, "one");
  await clock.advance(1000);
  account.writing.send(first, "two");
  assert.equal(account.chats.of(first).value?.waiting?.fields.text, "two");
  assert.deepEqual(order(), [first, second]);
});

test("what is deleted or edited is so in the row, also while it can be undone", async () => {
  const { server, account, first, second } = await stage();
  const said = (id: number) => account.chats.of(id).value?.last;
  await until(() => !!said(first) && !!said(second));
  server.down = true;
  account.writing.edit(second, said(second)?.seq ?? 0, "better");
  assert.equal(said(second)?.text, "better");
  const undo = account.writing.remove(first, said(first)?.seq ?? 0);
  assert.deepEqual([said(first)?.text, said(first)?.deleted_at === null], ["", false]);
  undo.undo();
  assert.deepEqual([said(first)?.text, said(first)?.deleted_at], ["older", null]);
});

test("a pinned chat stands first at once, the latest pin above", async () => {
  const { server, account, clock, first, second, order } = await stage();
  server.down = true;
  account.writing.setListing(first, { pinned: true });
  assert.deepEqual(order(), [first, second]);
  await clock.advance(1000);
  account.writing.setListing(second, { pinned: true });
  assert.deepEqual(order(), [second, first]);
  account.writing.setListing(second, { pinned: false });
  assert.deepEqual(order(), [first, second]);
});

test("a new name, a hidden board and who comes and goes are shown while they wait", async () => {
  const { server, account, first } = await stage();
  const { chats, writing, people, settings } = account;
  const members = () => chats.members(first).value.map(({ user_id, role }) => `${user_id} ${role}`);
  await until(() => members().length === 2);
  server.down = true;
  writing.rename(first, "Renamed");
  assert.equal(chats.of(first).value?.title, "Renamed");
  writing.setRole(first, BOB, "admin");
  writing.addMembers(first, [77]);
  assert.deepEqual(members(), ["1 member", "2 admin", "77 member"]);
  writing.removeMember(first, BOB);
  assert.deepEqual(members(), ["1 member", "77 member"]);
  settings.update({ display_name: "Alice the Great" });
  assert.equal(people.me.value.display_name, "Alice the Great");
  writing.leave(first);
  assert.ok(!chats.list.value.some(({ id }) => id === first));
  for (const { order } of account.outbox.items.peek()) account.outbox.discard(order);
  assert.notEqual(chats.of(first).value?.title, "Renamed");
  assert.ok(chats.list.value.some(({ id }) => id === first));
  assert.deepEqual(members(), ["1 member", "2 member"]);
});

test("a chat is marked as unread until it has something unread, or the mark is taken off", async () => {
  const { server, account, first } = await stage();
  server.down = true;
  const entry = () => account.chats.of(first).value;
  account.writing.setListing(first, { unread: true });
  assert.equal(entry()?.marked, entry()?.unread === 0);
  await account.writing.markRead(first, entry()?.last?.seq ?? 0);
  await until(() => entry()?.unread === 0);
  assert.equal(entry()?.marked, true);
  account.writing.setListing(first, { unread: false });
  assert.equal(entry()?.marked, false);
});

test("where one stood in a chat is known after a reload, and what is unread goes before", async () => {
  const { server, account, clock, first } = await stage();
  account.places.keep(first, { seq: 7, top: -12, read: false });
  await clock.advance(600);
  account.close();
  const again = await tab(server, ALICE, new Browser());
  assert.equal(again.account.places.of(first)?.seq, 7);
  const my = again.account.chats.of(first).value?.my;
  assert.ok(my !== undefined && my.unread > 0);
  assert.deepEqual(again.account.places.landing(my), {
    spot: { read_seq: my.read_seq, read_n: my.read_n },
    stand: null,
  });
  assert.deepEqual(again.account.places.landing({ ...my, unread: 0 }).spot, { seq: 7 });
  again.account.places.keep(first, { seq: 7, top: -13, read: true });
  // Who looked something up a moment ago comes back to it.
  assert.deepEqual(again.account.places.landing(my).spot, { seq: 7 });
  // A clock that was put back makes no day of that moment.
  again.clock.shift(-86_400_000);
  assert.equal(again.account.places.landing(my).stand, null);
});
