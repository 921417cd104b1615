// The connection, as every tab sees it; and what passes over it without being stored.

import { type ReadonlySignal, signal } from "@preact/signals-core";
import { ApiError, Unreachable } from "../lib/errors.ts";
import type { Socket } from "../lib/socket.ts";
import type { Tabs } from "../lib/tabs.ts";
import type { Changes, LinkState } from "./changes.ts";
import type { Presence } from "./types.ts";

interface Passing {
  type: "typing" | "presence.look" | "presence.watch";
  fields: object;
}

export class Link {
  readonly #tabs: Tabs;
  readonly #changes: Changes;
  readonly #socket: () => Socket | null;
  readonly #state = signal<LinkState>("offline");
  readonly #watched = new Map<string, number[]>();
  /** The tab that somebody looked at last. */
  #looker = "";
  readonly state: ReadonlySignal<LinkState> = this.#state;

  /** Without a socket what passes is lost, as it is without a connection. */
  constructor(tabs: Tabs, changes: Changes, socket: () => Socket | null) {
    this.#tabs = tabs;
    this.#changes = changes;
    this.#socket = socket;
    changes.hear((heard) => {
      for (const change of heard) if (change.kind === "link") this.#state.value = change.state;
    });
    tabs.answer("link", async () => this.#state.peek());
    tabs.answer("nudge", async () => this.#socket()?.nudge());
    tabs.answer("anew", async () => this.#socket()?.connectAnew());
    tabs.answer<Passing>("passing", (passing, from) => this.#pass(passing, from));
  }

  /** What the connection is like, for a tab that has just been opened. */
  async learn(): Promise<void> {
    if (this.#tabs.leading.value) return;
    try {
      this.#state.value = await this.#tabs.ask<LinkState>("link", null);
    } catch (error) {
      // Nobody leads just now; whoever does next says so.
      if (!(error instanceof Unreachable)) throw error;
    }
  }

  /** Try at once: the network is back, or somebody looks. */
  retryNow(): void {
    this.#ask("nudge", null);
  }

  /** The machine has slept: what was open is not, whatever it says. */
  connectAnew(): void {
    this.#ask("anew", null);
  }

  /** Said by the tab that leads, to all. */
  become(state: LinkState): void {
    if (state === "live") this.#watched.clear();
    this.#changes.publish([{ kind: "link", state }]);
  }

  tell = (type: Passing["type"], fields: object): void => {
    this.#ask("passing", { type, fields });
  };

  #ask(topic: string, data: unknown): void {
    // What passes is not worth a second try.
    this.#tabs.ask(topic, data).catch(() => {});
  }

  async #pass({ type, fields }: Passing, from: string): Promise<void> {
    if (type === "presence.look") {
      // Who left a tab may be in another one by now.
      if (from !== this.#looker && (fields as { chat_id: number | null }).chat_id === null) return;
      this.#looker = from;
    }
    if (type !== "presence.watch") return this.#socket()?.tell(type, fields);
    this.#watched.set(from, (fields as { user_ids: number[] }).user_ids);
    const user_ids = [...new Set([...this.#watched.values()].flat())].slice(-200);
    try {
      const answer = await this.#socket()?.command<{ users: Presence[] }>(type, { user_ids });
      const found = (answer?.users ?? []).map((presence) => ({ kind: "presence", presence }) as const);
      this.#changes.publish(found);
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof Unreachable)) throw error;
    }
  }
}
