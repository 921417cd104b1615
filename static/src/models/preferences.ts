// What a person has chosen for this device alone.

import { effect, type Signal, signal } from "@preact/signals-core";
import type { Memory } from "./unsaved.ts";

const NAME = "messenger.preferences";

export class Preferences {
  readonly theme: Signal<"system" | "light" | "dark">;
  readonly density: Signal<"comfortable" | "compact">;
  readonly enterSends: Signal<boolean>;
  readonly listWidth: Signal<number>;
  /** Whether a chat and its board stand side by side where there is room, and how wide the chat is. */
  readonly both: Signal<boolean>;
  readonly bothWidth: Signal<number>;
  /** Whether the first image that is attached to a card becomes its cover. */
  readonly coverFirst: Signal<boolean>;
  /** The language before somebody is signed in; then it is the account's. */
  readonly locale: Signal<string | null>;

  constructor(memory: Memory) {
    const held = read(memory);
    this.theme = signal(held.theme ?? "system");
    this.density = signal(held.density ?? "comfortable");
    this.enterSends = signal(held.enterSends ?? true);
    this.listWidth = signal(held.listWidth ?? 320);
    this.both = signal(held.both ?? true);
    this.bothWidth = signal(held.bothWidth ?? 440);
    this.coverFirst = signal(held.coverFirst ?? true);
    this.locale = signal(held.locale ?? null);
    effect(() => memory.setItem(NAME, JSON.stringify(this.#all())));
  }

  #all(): Record<string, unknown> {
    const { theme, density, enterSends, listWidth, both, bothWidth, coverFirst, locale } = this;
    return {
      theme: theme.value,
      density: density.value,
      enterSends: enterSends.value,
      listWidth: listWidth.value,
      both: both.value,
      bothWidth: bothWidth.value,
      coverFirst: coverFirst.value,
      locale: locale.value,
    };
  }
}

interface Held {
  theme?: "system" | "light" | "dark";
  density?: "comfortable" | "compact";
  enterSends?: boolean;
  listWidth?: number;
  both?: boolean;
  bothWidth?: number;
  coverFirst?: boolean;
  locale?: string | null;
}

function read(memory: Memory): Held {
  try {
    return JSON.parse(memory.getItem(NAME) ?? "{}") as Held;
  } catch {
    return {};
  }
}
