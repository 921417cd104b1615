// The viewer's state and what can be done in it: which file one looks at, how near, and where to go from it.

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Router } from "../../lib/router.ts";
import type { Account } from "../../models/account.ts";
import type { Message, Task } from "../../models/types.ts";
import type { Viewing } from "./open.ts";
import type { Stage } from "./stage.ts";
import { type Item, type Side, Strip } from "./strip.ts";

/** So near to an end the next page is fetched. */
const NEAR = 4;

export class ViewerState {
  readonly strip: Strip;
  readonly #router: Router;
  readonly #index;
  readonly #zoomed = signal(1);
  /** What is shown of it has changed though the place in the strip has not. */
  readonly #changed = signal(0);
  readonly item: ReadonlySignal<Item | null>;
  /** How many times larger than it fits. */
  readonly zoomed: ReadonlySignal<number> = this.#zoomed;
  /** A tap hides everything but the picture. */
  readonly bare = signal(false);
  readonly message: ReadonlySignal<Message | null>;
  /** The card that has it. */
  readonly task: ReadonlySignal<Task | null>;
  stage: Stage | null = null;
  /** Where one wanted to go before anything was there. */
  #wish: Side | null = null;

  constructor(asked: Viewing, account: Account, router: Router) {
    this.#router = router;
    this.strip = new Strip(asked, account.http);
    this.#index = signal(this.strip.index);
    this.item = computed(() => {
      void this.#changed.value;
      return this.strip.items[this.#index.value] ?? null;
    });
    this.message = computed(() => {
      const item = this.item.value;
      if (item?.seq == null || item.chat_id === null || item.task_id !== null) return null;
      return account.chats.message(item.chat_id, item.seq).value;
    });
    this.task = computed(() => {
      const task_id = this.item.value?.task_id ?? null;
      return task_id === null ? null : account.tasks.of(task_id).value;
    });
  }

  /** The same, also when something has happened to it. */
  get shown(): Item | null {
    void this.#changed.value;
    return this.item.value;
  }

  /** Whether there is nothing on a side of it, and nothing to come. */
  isEnd(side: Side): boolean {
    void this.#changed.value;
    const at = this.#index.value;
    return !this.strip.goesOn(side) && at === (side === "older" ? 0 : this.strip.items.length - 1);
  }

  /** Beside it there is nothing yet. */
  get atEdge(): boolean {
    void this.#changed.value;
    const at = this.#index.value;
    return at === 0 || at === this.strip.items.length - 1;
  }

  /** To the next on a side; where that is on its way, once it is here. */
  step = (side: Side): void => {
    const by = side === "older" ? -1 : 1;
    if (this.strip.items[this.#index.peek() + by] === undefined) {
      this.#wish = side;
      this.grow();
    } else if (by < 0) this.stage?.previous();
    else this.stage?.next();
  };

  moved = (index: number): void => {
    this.#index.value = index;
    this.#wish = null;
    this.grow();
  };

  nearer = (times: number): void => {
    // Of what is seen; each frame of a pinch is another.
    this.#zoomed.value = Math.round(times * 20) / 20;
  };

  /** Fetch more where an end is near. */
  grow(): void {
    const { items } = this.strip;
    const at = this.#index.peek();
    if (at < NEAR) void this.#growBy("older");
    if (at > items.length - 1 - NEAR) void this.#growBy("newer");
  }

  async #growBy(side: Side): Promise<void> {
    const more = await this.strip.grow(side);
    this.#changed.value += 1;
    if (more === 0 || this.stage === null) return;
    const before = side === "older" ? more : 0;
    this.#index.value += before;
    this.stage.grew(before);
    if (this.#wish === side) this.step(side);
  }

  /** The ends of the message's own files. */
  toEnd(last: boolean): void {
    const { items } = this.strip;
    const at = items[this.#index.peek()];
    const same = (item: Item): boolean => item.seq === at?.seq;
    this.stage?.goTo(last ? items.findLastIndex(same) : items.findIndex(same));
  }

  /** Take a file off the screen that is not there any more, or not for oneself. */
  lose(item: Item, gone: "deleted" | "left"): void {
    if (item.gone !== undefined) return;
    item.gone = gone;
    this.stage?.redraw(item, true);
    this.#changed.value += 1;
  }

  retry(item: Item): void {
    item.failed = false;
    this.stage?.redraw(item, true);
  }

  /** What could not be fetched without a connection, once there is one. */
  retryAll(): void {
    for (const item of this.strip.items) if (item.failed) this.retry(item);
    this.grow();
  }

  /** To its message, or its card. */
  leave(): void {
    const item = this.item.peek();
    if (item?.chat_id == null || item.seq === null) return;
    const { chat_id, seq, task_id } = item;
    const place = task_id === null ? ({ name: "chat", chat_id, seq } as const) : ({ name: "task", task_id } as const);
    // In place of the step that closes the viewer.
    this.#router.go(place, { replace: true });
  }
}
