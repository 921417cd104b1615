// The tab's side of the search on this device: a worker that is started when somebody first searches, told of
// what changes, and ended with the account.

import { signal } from "@preact/signals-core";
import type { Account } from "../account.ts";
import type { Change } from "../changes.ts";
import type { Message } from "../types.ts";
import type { LocalFound, Wanted } from "./hits.ts";
import type { Asked, Told } from "./search-worker.ts";

export class LocalSearch {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (found: LocalFound | null) => void>();
  #last = 0;
  /** Counts how often more was read than when questions were last answered. */
  readonly read = signal(0);

  constructor(account: Account) {
    this.#worker = new Worker(new URL("./search-worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<Told>) => this.#told(data);
    // A script that cannot be fetched: the server's answers are enough.
    this.#worker.onerror = () => this.#giveUp();
    this.#ask({ do: "open", user_id: account.user_id });
    const deaf = account.changes.hear((changes) => this.#hear(changes));
    account.replica.whenSealed(() => {
      deaf();
      this.#worker.terminate();
      this.#giveUp();
    });
  }

  /** What is held on this device; null where it cannot be said. */
  find(wanted: Wanted, limit: number): Promise<LocalFound | null> {
    const id = ++this.#last;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#ask({ do: "find", id, wanted, limit });
    });
  }

  #ask(asked: Asked): void {
    this.#worker.postMessage(asked);
  }

  #told(told: Told): void {
    if ("read" in told) {
      this.read.value += 1;
      return;
    }
    this.#waiting.get(told.id)?.(told.found);
    this.#waiting.delete(told.id);
  }

  #giveUp(): void {
    for (const resolve of this.#waiting.values()) resolve(null);
    this.#waiting.clear();
  }

  #hear(changes: Change[]): void {
    const messages: Message[] = [];
    for (const change of changes) {
      if (change.kind === "message") messages.push(change.message);
      if (change.kind === "messages.anew") this.#ask({ do: "anew", chat_id: change.chat_id });
      if (change.kind === "chat.gone") this.#ask({ do: "anew", chat_id: change.id });
      if (change.kind === "booted" || change.kind === "complete") this.#ask({ do: "anew", chat_id: null });
    }
    if (messages.length > 0) this.#ask({ do: "note", messages });
  }
}

const made = new WeakMap<Account, LocalSearch>();

/** The same for the same account. */
export function localSearchOf(account: Account): LocalSearch {
  let found = made.get(account);
  if (found === undefined) made.set(account, (found = new LocalSearch(account)));
  return found;
}
