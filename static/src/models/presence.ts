// What passes and is not stored: who is here, who is writing.

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import type { Clock } from "../lib/clock.ts";
import type { Change, Changes } from "./changes.ts";
import { Named, RowStore } from "./row-store.ts";
import type { Presence } from "./types.ts";

/** Sends something that passes, by whichever tab has the connection. */
export type Tell = (type: "typing" | "presence.watch", fields: object) => void;

const WATCHED_AT_MOST = 200;
const TYPING_SHOWN_MS = 5000;
const TYPING_SAID_EVERY_MS = 2000;

export class PresenceStore {
  readonly #tell: Tell;
  readonly #known = new RowStore<Presence>();
  readonly #watchers = new Map<symbol, number[]>();
  #telling = false;

  constructor(changes: Changes, tell: Tell) {
    this.#tell = tell;
    changes.hear((heard) => this.#hear(heard));
  }

  of(user_id: number): ReadonlySignal<Presence | null> {
    return this.#known.of(user_id);
  }

  /** Hear of these people as long as they are shown; the result ends it. */
  watch(user_ids: number[]): () => void {
    const watcher = Symbol();
    this.#watchers.set(watcher, user_ids);
    this.say();
    return () => {
      this.#watchers.delete(watcher);
      this.say();
    };
  }

  /** Say who is watched in this tab; also after each new connection. */
  say(): void {
    if (this.#telling) return;
    this.#telling = true;
    queueMicrotask(() => {
      this.#telling = false;
      const user_ids = [...new Set([...this.#watchers.values()].flat())].slice(-WATCHED_AT_MOST);
      this.#tell("presence.watch", { user_ids });
    });
  }

  #hear(changes: Change[]): void {
    const found: [number, Presence][] = [];
    for (const change of changes) {
      if (change.kind === "presence") found.push([change.presence.id, change.presence]);
      // Without a connection nobody is known to be here.
      if (change.kind === "link" && change.state === "offline") this.#known.fill([]);
    }
    if (found.length > 0) this.#known.change(found);
  }
}

interface Writer {
  chat_id: number;
  user_id: number;
}

export class Typing {
  readonly #tell: Tell;
  readonly #clock: Clock;
  readonly #now = signal<Writer[]>([]);
  readonly #ends = new Map<string, () => void>();
  readonly #said = new Map<number, number>();
  readonly #single = new Named((chat_id: number) =>
    computed(() =>
      this.#now.value.filter((each) => each.chat_id === chat_id).map(({ user_id }) => user_id),
    ),
  );

  constructor(changes: Changes, tell: Tell, clock: Clock, own: number) {
    this.#tell = tell;
    this.#clock = clock;
    changes.hear((heard) => {
      for (const change of heard) {
        if (change.kind === "typing" && change.user_id !== own) this.#began(change);
        if (change.kind === "message") {
          this.#ended({ chat_id: change.message.chat_id, user_id: change.message.sender_id });
        }
      }
    });
  }

  /** Who is writing in a chat, oneself left out. */
  of(chat_id: number): ReadonlySignal<number[]> {
    return this.#single.of(chat_id);
  }

  /** Say that one is writing; called with every key, said now and then. */
  tell(chat_id: number): void {
    const now = this.#clock.now();
    // Either way: a clock that was put back would make seconds into an hour.
    if (Math.abs(now - (this.#said.get(chat_id) ?? 0)) < TYPING_SAID_EVERY_MS) return;
    this.#said.set(chat_id, now);
    this.#tell("typing", { chat_id });
  }

  #began({ chat_id, user_id }: Writer): void {
    const writer = { chat_id, user_id };
    const name = `${chat_id} ${user_id}`;
    this.#ends.get(name)?.();
    this.#ends.set(
      name,
      this.#clock.after(TYPING_SHOWN_MS, () => this.#ended(writer)),
    );
    if (!this.#now.peek().some((each) => is(each, writer))) {
      this.#now.value = [...this.#now.peek(), writer];
    }
  }

  #ended(writer: Writer): void {
    const name = `${writer.chat_id} ${writer.user_id}`;
    this.#ends.get(name)?.();
    this.#ends.delete(name);
    if (this.#now.peek().some((each) => is(each, writer))) {
      this.#now.value = this.#now.peek().filter((each) => !is(each, writer));
    }
  }
}

function is(one: Writer, other: Writer): boolean {
  return one.chat_id === other.chat_id && one.user_id === other.user_id;
}
