// What was said of tasks: messages of their chats, with one's own changes of them already in.

import { computed, type ReadonlySignal } from "@preact/signals-core";
import type { Http } from "../lib/http.ts";
import { Live } from "./live.ts";
import type { Outbox } from "./outbox.ts";
import { type Shown, showPending } from "./overlays/messages.ts";
import type { Replica } from "./replica.ts";
import { Named } from "./row-store.ts";
import type { Message } from "./types.ts";

export class Comments {
  readonly #replica: Replica;
  readonly #http: Http;
  readonly #outbox: Outbox;
  readonly #asked = new Set<number>();
  readonly #stored = new Named((id: number) => new Live<Message[]>([], () => this.#read(id)));
  readonly #shown = new Named((id: number) => this.#withChanges(this.#stored.of(id)));

  constructor(replica: Replica, http: Http, outbox: Outbox) {
    this.#replica = replica;
    this.#http = http;
    this.#outbox = outbox;
  }

  of(task_id: number): ReadonlySignal<Shown[]> {
    return this.#shown.of(task_id);
  }

  /** A message of the task came or changed. */
  changed(task_id: number): void {
    this.#stored.made.get(task_id)?.reload();
  }

  /** All was read anew: so are these. */
  anew(): void {
    this.#asked.clear();
    for (const comments of this.#stored.made.values()) comments.reload();
  }

  #withChanges({ value }: Live<Message[]>): ReadonlySignal<Shown[]> {
    const show = showPending(this.#replica.own);
    return computed(() => {
      const said = value.value;
      const chat_id = said[0]?.chat_id;
      return show(
        said,
        this.#outbox.items.value.filter((item) => item.chat_id === chat_id),
      );
    });
  }

  async #read(id: number): Promise<Message[]> {
    if (!this.#asked.has(id)) {
      this.#asked.add(id);
      try {
        const page = await this.#http.page<Message>(`/tasks/${id}/messages`);
        await this.#replica.keep({ messages: page.data });
      } catch {
        this.#asked.delete(id);
      }
    }
    const rows = await this.#replica.read((database) =>
      database.getAllFromIndex("messages", "tasks", id),
    );
    return rows.sort((one, other) => one.seq - other.seq);
  }
}
