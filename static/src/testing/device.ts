// A device of somebody: a whole account against the server in memory, with a database of its own.

import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { Http } from "../lib/http.ts";
import type { Channel, Locks } from "../lib/tabs.ts";
import { Account, type World } from "../models/account.ts";
import { FakeClock, until } from "./clock.ts";
import { FakeMemory } from "./memory.ts";
import { connectAs, fetchAs } from "./network.ts";
import type { FakeServer } from "./server.ts";
import { transferAs } from "./uploads.ts";

export { until };

/** Forget all local databases: as on a device that was never used. */
export function freshDevice(): void {
  globalThis.indexedDB = new IDBFactory();
}

/** Locks and channels that tabs of one device share. */
export class Browser {
  readonly #held = new Map<string, Promise<unknown>>();
  readonly #channels = new Map<string, Set<FakeChannel>>();

  readonly locks: Locks = {
    request: async (name, { signal }, run) => {
      const before = this.#held.get(name) ?? Promise.resolve();
      const mine = before.then(() => {
        if (signal?.aborted) throw new DOMException("aborted", "AbortError");
        return run();
      });
      this.#held.set(
        name,
        mine.catch(() => {}),
      );
      return mine;
    },
  };

  readonly memory = new FakeMemory();

  channel = (name: string): Channel => {
    const others = this.#channels.get(name) ?? new Set<FakeChannel>();
    this.#channels.set(name, others);
    return new FakeChannel(others);
  };
}

class FakeChannel implements Channel {
  onmessage: ((event: never) => void) | null = null;
  readonly #all: Set<FakeChannel>;

  constructor(all: Set<FakeChannel>) {
    this.#all = all;
    all.add(this);
  }

  postMessage(data: unknown): void {
    const copy: unknown = structuredClone(data);
    for (const other of this.#all) {
      if (other !== this) queueMicrotask(() => other.onmessage?.({ data: copy } as never));
    }
  }

  close(): void {
    this.#all.delete(this);
  }
}

export interface Tab {
  account: Account;
  clock: FakeClock;
  revoked: () => number;
}

export function worldOf(
  server: FakeServer,
  whose: number | (() => number),
  browser: Browser,
  clock: FakeClock,
): World {
  const user = typeof whose === "number" ? (): number => whose : whose;
  const http = new Http({
    origin: "http://server.test",
    fetch: (address, init) => fetchAs(server, user())(address, init),
    now: () => clock.now(),
    alone: (work) => work(),
  });
  return {
    http,
    clock,
    connect: () => connectAs(server, user()),
    locks: browser.locks,
    channel: browser.channel,
    memory: browser.memory,
    transfer: transferAs(server),
  };
}

/** A tab with somebody's account open. */
export async function tab(
  server: FakeServer,
  user_id: number,
  browser = new Browser(),
): Promise<Tab> {
  const clock = new FakeClock();
  let revoked = 0;
  const world = worldOf(server, user_id, browser, clock);
  const account = await Account.open(world, server.me(user_id), () => (revoked += 1));
  return { account, clock, revoked: () => revoked };
}

/** A tab that is connected and up to date. */
export async function liveTab(
  server: FakeServer,
  user_id: number,
  browser = new Browser(),
): Promise<Tab> {
  const made = await tab(server, user_id, browser);
  await until(() => made.account.link.state.value === "live");
  return made;
}
