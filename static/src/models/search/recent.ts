// What somebody has looked for on this device, the last first; it goes with their sign-out.

import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { Account } from "../account.ts";

const KEPT = 8;

export class Recent {
  readonly #account: Account;
  readonly #all = signal<readonly string[]>([]);
  readonly all: ReadonlySignal<readonly string[]> = this.#all;

  constructor(account: Account) {
    this.#account = account;
    void this.#load();
  }

  /** Something was found by it. */
  note(q: string): void {
    const asked = q.trim();
    if (asked === "") return;
    // What it was typed from is no search of its own.
    const others = this.#all.peek().filter((each) => each !== asked && !asked.startsWith(each));
    this.#keep([asked, ...others].slice(0, KEPT));
  }

  forget(q: string): void {
    this.#keep(this.#all.peek().filter((each) => each !== q));
  }

  async #load(): Promise<void> {
    const row = await this.#account.replica.read((database) => database.get("meta", "searched"));
    if (row?.name === "searched" && this.#all.peek().length === 0) this.#all.value = row.value;
  }

  #keep(value: string[]): void {
    this.#all.value = value;
    void this.#account.replica.read((database) => database.put("meta", { name: "searched", value }));
  }
}
