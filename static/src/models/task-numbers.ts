// Tasks by the number that people write: `#17`. One that is not here is asked for, one after another.

import { computed, type ReadonlySignal } from "@preact/signals-core";
import { ApiError, Unreachable } from "../lib/errors.ts";
import type { Http } from "../lib/http.ts";
import type { TaskView } from "./overlays/tasks.ts";
import type { Replica } from "./replica.ts";
import { Named } from "./row-store.ts";
import type { Task } from "./types.ts";

/** A text full of numbers is no list of tasks. */
const WANTED_AT_MOST = 20;

export class TaskNumbers {
  readonly #http: Http;
  readonly #replica: Replica;
  readonly #byNumber: ReadonlySignal<ReadonlyMap<number, TaskView>>;
  readonly #single: Named<number, ReadonlySignal<TaskView | null>>;
  readonly #asked = new Set<number>();
  readonly #wanted: number[] = [];
  #asking = false;

  constructor(all: ReadonlySignal<TaskView[]>, http: Http, replica: Replica) {
    this.#http = http;
    this.#replica = replica;
    this.#byNumber = computed(() => new Map(all.value.map((task) => [task.number, task])));
    this.#single = new Named((number) =>
      computed(() => this.#byNumber.value.get(number) ?? null),
    );
  }

  of(number: number): ReadonlySignal<TaskView | null> {
    if (!this.#byNumber.peek().has(number)) this.#want(number);
    return this.#single.of(number);
  }

  #want(number: number): void {
    if (this.#asked.has(number) || this.#wanted.length >= WANTED_AT_MOST) return;
    this.#asked.add(number);
    this.#wanted.push(number);
    if (!this.#asking) void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    // What is shown at first mostly comes from here by itself.
    await Promise.resolve();
    for (;;) {
      const number = this.#wanted.shift();
      if (number === undefined) break;
      if (this.#byNumber.peek().has(number)) continue;
      try {
        const { data } = await this.#http.page<Task>("/tasks", { number });
        if (data.length > 0) await this.#replica.keep({ tasks: data });
      } catch (error) {
        if (error instanceof Unreachable) this.#asked.delete(number);
        else if (!(error instanceof ApiError)) throw error;
      }
    }
    this.#asking = false;
  }
}
