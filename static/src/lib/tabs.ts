// Several tabs of one account: one of them leads, all of them hear what happened.
// Web Locks choose who leads, a BroadcastChannel carries what is said, whatever that is.

import { type ReadonlySignal, signal } from "@preact/signals-core";
import { Unreachable } from "./errors.ts";

export interface Locks {
  request<T>(name: string, options: { signal?: AbortSignal }, run: () => Promise<T>): Promise<T>;
}

export interface Channel {
  onmessage: ((event: never) => void) | null;
  postMessage(data: unknown): void;
  close(): void;
}

export interface TabsParts {
  name: string;
  /** Undefined where the browser has none: then every tab leads, with a connection of its own. */
  locks: Locks | undefined;
  channel: Channel;
  after: (ms: number, run: () => void) => () => void;
}

type Said =
  | { kind: "tell"; topic: string; data: unknown }
  | { kind: "ask"; from: string; id: number; topic: string; data: unknown }
  | { kind: "answer"; to: string; id: number; data?: unknown; failed?: boolean };

const ANSWER_WITHIN_MS = 10_000;

export class Tabs {
  readonly #parts: TabsParts;
  readonly #me = crypto.randomUUID();
  readonly #leading = signal(false);
  readonly #end = new AbortController();
  readonly #listeners = new Map<string, (data: never) => void>();
  readonly #answerers = new Map<string, (data: never, from: string) => Promise<unknown>>();
  readonly #waiting = new Map<number, { resolve: (data: unknown) => void; fail: () => void }>();
  #nextId = 1;
  #resign: () => void = () => {};

  /** Whether this tab is the one with the connection. */
  readonly leading: ReadonlySignal<boolean> = this.#leading;

  constructor(parts: TabsParts) {
    this.#parts = parts;
    parts.channel.onmessage = (event: { data: unknown }) => this.#hear(event.data as Said);
    if (parts.locks === undefined) {
      this.#leading.value = true;
    } else {
      const held = (): Promise<void> =>
        new Promise((resolve) => {
          if (this.#end.signal.aborted) return resolve();
          this.#resign = resolve;
          this.#leading.value = true;
        });
      // Rejected when the wait is given up: the tab is closing.
      parts.locks.request(parts.name, { signal: this.#end.signal }, held).catch(() => {});
    }
  }

  /** Hear what other tabs say about a topic. */
  on<T>(topic: string, listener: (data: T) => void): void {
    this.#listeners.set(topic, listener as (data: never) => void);
  }

  /** Say something to all other tabs. */
  tell(topic: string, data: unknown): void {
    this.#post({ kind: "tell", topic, data });
  }

  /** Answer what other tabs ask; only the leading tab does. */
  answer<T>(topic: string, answerer: (data: T, from: string) => Promise<unknown>): void {
    this.#answerers.set(topic, answerer as (data: never, from: string) => Promise<unknown>);
  }

  /** Ask whichever tab leads, this one included; Unreachable when it does not answer. */
  ask<T>(topic: string, data: unknown): Promise<T> {
    if (this.#leading.value) {
      return this.#answerers.get(topic)?.(data as never, this.#me) as Promise<T>;
    }
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      const fail = (): void => {
        this.#waiting.delete(id);
        reject(new Unreachable());
      };
      const cancel = this.#parts.after(ANSWER_WITHIN_MS, fail);
      this.#waiting.set(id, {
        resolve: (answer) => {
          cancel();
          resolve(answer as T);
        },
        fail: () => {
          cancel();
          fail();
        },
      });
      this.#post({ kind: "ask", from: this.#me, id, topic, data });
    });
  }

  close(): void {
    this.#end.abort();
    this.#resign();
    this.#leading.value = false;
    this.#parts.channel.close();
  }

  #hear(said: Said): void {
    switch (said.kind) {
      case "tell":
        return this.#listeners.get(said.topic)?.(said.data as never);
      case "ask":
        return this.#leading.value ? void this.#reply(said) : undefined;
      case "answer": {
        if (said.to !== this.#me) return;
        const waiting = this.#waiting.get(said.id);
        this.#waiting.delete(said.id);
        if (said.failed) waiting?.fail();
        else waiting?.resolve(said.data);
      }
    }
  }

  async #reply(asked: Said & { kind: "ask" }): Promise<void> {
    const answer = { kind: "answer", to: asked.from, id: asked.id } as const;
    try {
      const data = await this.#answerers.get(asked.topic)?.(asked.data as never, asked.from);
      this.#post({ ...answer, data });
    } catch {
      this.#post({ ...answer, failed: true });
    }
  }

  #post(said: Said): void {
    if (!this.#end.signal.aborted) this.#parts.channel.postMessage(said);
  }
}
