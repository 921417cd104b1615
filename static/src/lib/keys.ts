// The keyboard: which combination does what, here and now, and the list that `?` shows.

import { type ReadonlySignal, signal } from "@preact/signals-core";

/** The part of a browser's keyboard event that is used. */
export interface Press {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  isComposing: boolean;
  repeat: boolean;
  target: unknown;
  defaultPrevented: boolean;
  preventDefault(): void;
}

export interface Binding<Name extends string = string> {
  /** Like `ctrl+k`, `alt+shift+arrowup`, `?`, `e`. `ctrl` is ⌘ on a Mac. */
  combo: string;
  /** Keys of the catalog: what it does, and under which heading the list has it. */
  name: Name;
  group: Name;
  run: () => void;
  /** Also while somebody types into a field; else only combinations with ctrl or alt are. */
  whenTyping?: boolean;
}

export class Keys<Name extends string = string> {
  readonly #mac: boolean;
  readonly #bindings = signal<Binding<Name>[]>([]);
  readonly all: ReadonlySignal<Binding<Name>[]> = this.#bindings;

  constructor(mac = false) {
    this.#mac = mac;
  }

  /** Bind; of two with the same combination the later counts. Returns how to undo it. */
  bind(binding: Binding<Name>): () => void {
    this.#bindings.value = [...this.#bindings.peek(), binding];
    return () => {
      this.#bindings.value = this.#bindings.peek().filter((each) => each !== binding);
    };
  }

  /** Act on a press; true when it was for somebody. */
  press(press: Press): boolean {
    // While an input method composes, keys are its own.
    if (press.isComposing || press.defaultPrevented || press.key === "Process") return false;
    const typing = isField(press.target);
    for (const binding of this.#bindings.peek().toReversed()) {
      if (!matches(binding.combo, press, this.#mac)) continue;
      if (typing && !(binding.whenTyping ?? /ctrl|alt/.test(binding.combo))) continue;
      press.preventDefault();
      binding.run();
      return true;
    }
    return false;
  }

  /** How a combination is written for people: `Ctrl K`, on a Mac `⌘K`. */
  label(combo: string): string {
    const words: Record<string, string> = this.#mac
      ? { ctrl: "⌘", alt: "⌥", shift: "⇧", arrowup: "↑", arrowdown: "↓", enter: "↩" }
      : { ctrl: "Ctrl", alt: "Alt", shift: "Shift", arrowup: "↑", arrowdown: "↓", enter: "Enter" };
    const more: Record<string, string> = { escape: "Esc", arrowleft: "←", arrowright: "→" };
    const parts = combo.split("+");
    const written = parts.map((part) => words[part] ?? more[part] ?? part.toUpperCase());
    return written.join(this.#mac ? "" : " ");
  }
}

function matches(combo: string, press: Press, mac: boolean): boolean {
  const parts = combo.split("+");
  const wanted = parts.at(-1) ?? "";
  const control = mac ? press.metaKey : press.ctrlKey;
  if (parts.includes("ctrl") !== control) return false;
  if (parts.includes("alt") !== press.altKey) return false;
  // A sign like `?` has its shift in itself, on whichever key a layout puts it.
  const sign = /^[^a-z0-9]$/.test(wanted);
  if (!sign && parts.includes("shift") !== press.shiftKey) return false;
  if (press.key.toLowerCase() === wanted) return true;
  // By place: with a Cyrillic layout Ctrl+K arrives as Ctrl+Л.
  if (/^[a-z]$/.test(wanted)) return press.code === `Key${wanted.toUpperCase()}`;
  return /^[0-9]$/.test(wanted) && press.code === `Digit${wanted}`;
}

function isField(target: unknown): boolean {
  const element = target as { tagName?: string; isContentEditable?: boolean; type?: string } | null;
  if (element?.isContentEditable) return true;
  const tag = element?.tagName;
  return (
    tag === "TEXTAREA" || tag === "SELECT" || (tag === "INPUT" && element?.type !== "checkbox")
  );
}
