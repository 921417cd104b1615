// Whatever happens to lines, answers and tabs while files are on their way: each message that was not
// given up arrives once, with its files in their order, and nothing of it stays on the device.

import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "../../testing/clock.ts";
import { Browser, freshDevice, type Tab, tab } from "../../testing/device.ts";
import { dice } from "../../testing/dice.ts";
import { FakeServer } from "../../testing/server.ts";
import { filesOf } from "./files.ts";
import type { Chosen } from "./trays.ts";

const ALICE = 1;
const MB = 1024 * 1024;
const STEPS = 40;
const RUNS = Number(process.env["RUNS"] ?? 4);

type Roll = (sides: number) => number;

class Story {
  readonly server = new FakeServer("alice", "bob");
  readonly browser = new Browser();
  readonly chats = [this.server.group(ALICE, 2), this.server.group(ALICE, 2)];
  readonly roll: Roll;
  /** What has to arrive: the names of its files by text. */
  readonly wanted = new Map<string, string[]>();
  readonly givenUp = new Set<string>();
  tabs: Tab[] = [];
  #written = 0;

  constructor(seed: number) {
    this.roll = dice(seed);
  }

  async tell(): Promise<void> {
    this.tabs = [await tab(this.server, ALICE, this.browser), await tab(this.server, ALICE, this.browser)];
    for (let step = 0; step < STEPS; step += 1) {
      await this.#happens();
      for (let turn = this.roll(4); turn >= 0; turn -= 1) await settled();
      if (this.roll(3) === 0) await Promise.all(this.tabs.map(({ clock }) => clock.advance(this.roll(2000))));
    }
  }

  async #happens(): Promise<void> {
    const { server, roll } = this;
    const one = this.tabs[roll(this.tabs.length)] as Tab;
    const acts = [
      () => this.#write(one),
      () => this.#write(one),
      () => this.#write(one),
      () => void (server.lost += 1),
      () => void (server.files.breaksAfter = roll(9) * MB + roll(MB)),
      () => server.cut(),
      () => {
        server.down = !server.down;
        if (server.down) server.cut();
      },
      () => this.#changesTab(one),
      () => this.#givesUp(this.#leading()),
      () => this.#leavesOut(this.#leading()),
    ];
    await acts[roll(acts.length)]?.();
  }

  /** Another tab hears a few milliseconds late that something is being sent. */
  #leading(): Tab {
    return this.tabs[0] as Tab;
  }

  #write({ account }: Tab): void {
    const text = `message ${(this.#written += 1)}`;
    const sizes = Array.from({ length: this.roll(4) }, () => (this.roll(3) === 0 ? this.roll(12) * MB + 1 : 1 + this.roll(999)));
    const all = sizes.map((size, at) => chosen(`${text}.${at}`, size));
    this.wanted.set(text, all.map(({ file }) => file.name));
    const chat = this.chats[this.roll(2)] as number;
    if (all.length === 0) account.writing.send(chat, text);
    else filesOf(account).send(chat, text, { files: all.map(({ file }) => file) }, all);
  }

  /** Closed once what was written is on the disk: the moment before, a person still sees it being written. */
  async #changesTab(one: Tab): Promise<void> {
    await filesOf(one.account).stored();
    one.account.close();
    this.tabs = this.tabs.filter((each) => each !== one);
    this.tabs.push(await tab(this.server, ALICE, this.browser));
  }

  #givesUp({ account }: Tab): void {
    const item = account.outbox.shown.peek()[this.roll(5)];
    if (item?.kind !== "message.send") return;
    const undo = account.outbox.cancel(item.order);
    if (undo === null) return;
    if (this.roll(2) === 0) return undo.undo();
    this.givenUp.add(item.fields.text);
  }

  #leavesOut({ account }: Tab): void {
    const item = account.outbox.shown.peek()[this.roll(5)];
    const [file] = item?.kind === "message.send" ? (item.fields.files ?? []) : [];
    if (item?.state !== "waiting" || file === undefined || item.kind !== "message.send") return;
    filesOf(account).remove(item.order, file.id);
    const names = this.wanted.get(item.fields.text) ?? [];
    this.wanted.set(item.fields.text, names.filter((name) => name !== file.name));
  }

  async ends(): Promise<void> {
    const { server } = this;
    server.down = false;
    server.lost = 0;
    for (const { account } of this.tabs) account.link.retryNow();
    const quiet = (): boolean => this.tabs.every(({ account }) => account.outbox.items.value.length === 0);
    for (let turn = 0; turn < 400 && !quiet(); turn += 1) {
      await Promise.all(this.tabs.map(({ clock }) => clock.advance(500)));
      for (let pause = 0; pause < 5; pause += 1) await settled();
    }
  }

  /** What is still on the device after a minute. */
  async leftBehind(): Promise<string[]> {
    const { database } = (this.tabs[0] as Tab).account;
    let left: string[] = [];
    for (let second = 0; second < 60; second += 1) {
      await Promise.all(this.tabs.map(({ clock }) => clock.advance(1000)));
      left = [...(await database.getAllKeys("blobs")), ...(await database.getAllKeys("uploads"))];
      if (left.length === 0) break;
    }
    return left;
  }

  arrived(): Map<string, string[]> {
    const messages = this.chats.flatMap((chat) => this.server.room(chat).messages);
    const there = messages.filter(({ deleted_at }) => deleted_at === null);
    assert.equal(new Set(messages.map(({ client_message_id }) => client_message_id)).size, messages.length);
    return new Map(there.map(({ text, files }) => [text, files.map(({ name }) => name)]));
  }
}

function chosen(name: string, size: number): Chosen {
  const blob = new Blob([new Uint8Array(size)]);
  return { blob, file: { id: crypto.randomUUID(), name, mime: "text/plain", size, width: null, height: null } };
}

test("whatever happens, each message with files arrives once, and nothing stays behind", async () => {
  const first = Number(process.env["SEED"] ?? 1);
  for (let seed = first; seed < first + RUNS; seed += 1) {
    freshDevice();
    const story = new Story(seed);
    await story.tell();
    await story.ends();
    const left = story.tabs.map(({ account }) => account.outbox.items.value);
    const said = `seed ${seed}: ${JSON.stringify(left, null, 1)}`;
    const wanted = [...story.wanted].filter(([text]) => !story.givenUp.has(text));
    assert.deepEqual(new Map([...story.arrived()].toSorted()), new Map(wanted.toSorted()), said);
    assert.deepEqual(await story.leftBehind(), [], said);
    for (const { account } of story.tabs) account.close();
  }
});
