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
  keyCode?: number;
  repeat: boolean;
  target: unknown;
  defaultPrevented: boolean;
  preventDefault(): void;
}

/** Whether an input method has the key. Safari says so only by 229 when Enter ends a composition. */
export function composing({ isComposing, keyCode, key }: Pick<Press, "isComposing" | "keyCode" | "key">): boolean {
  return isComposing || keyCode === 229 || key === "Process";
}

export interface Binding<Name extends string = string> {
  /** Like `ctrl+k`, `alt+shift+arrowup`, `?`, `e`. `ctrl` is ⌘ on a Mac. */
  combo: string;
  /** Keys of the catalog: what it does, and under which heading the list has it. */
  name: Name;
  group: Name;
  /** Without it the element that has the focus acts itself, and this is for the list alone. */
  run?: () => void;
  /** Also while somebody types into a field; else only combinations with ctrl or alt are. */
  whenTyping?: boolean;
  /** Whether it is for this press; one that asks goes before those that are always meant. */
  when?: () => boolean;
}

/** What a binding is, in words the list has. */
export type KeyNames = Partial<Record<string, string>>;

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
    if (composing(press) || press.defaultPrevented) return false;
    const typing = isField(press.target);
    const meant = this.#bindings.peek().filter((binding) => {
      if (binding.run === undefined || !matches(binding.combo, press, this.#mac)) return false;
      return !typing || (binding.whenTyping ?? /ctrl|alt/.test(binding.combo));
    });
    const found = meant.findLast(({ when }) => when?.()) ?? meant.findLast(({ when }) => !when);
    if (found === undefined) return false;
    press.preventDefault();
    found.run?.();
    return true;
  }

  /** How a combination is written for people: `Ctrl K`, on a Mac `⌘K`; `names` of keys that are words. */
  label(combo: string, names: KeyNames = {}): string {
    const words: Record<string, string> = this.#mac
      ? { ctrl: "⌘", alt: "⌥", shift: "⇧", arrowup: "↑", arrowdown: "↓", enter: "↩" }
      : { ctrl: "Ctrl", alt: "Alt", shift: "Shift", arrowup: "↑", arrowdown: "↓", enter: "Enter" };
    const more: Record<string, string> = {
      escape: "Esc",
      arrowleft: "←",
      arrowright: "→",
      space: "Space",
      home: "Home",
      end: "End",
      delete: "Delete",
    };
    const parts = partsOf(combo);
    const written = parts.map((part) => names[part] ?? words[part] ?? more[part] ?? part.toUpperCase());
    return written.join(this.#mac ? "" : " ");
  }
}

/** `+` itself is a key, too. */
function partsOf(combo: string): string[] {
  return combo === "+" ? [combo] : combo.split("+");
}

function matches(combo: string, press: Press, mac: boolean): boolean {
  const parts = partsOf(combo);
  const wanted = parts.at(-1) ?? "";
  const control = mac ? press.metaKey : press.ctrlKey;
  if (parts.includes("ctrl") !== control) return false;
  if (parts.includes("alt") !== press.altKey) return false;
  const sign = /^[^a-z0-9]$/.test(wanted);
  if (!sign && parts.includes("shift") !== press.shiftKey) return false;
  return isKey(press, wanted);
}

/** Signs that have no key of their own in a Cyrillic layout, or another one than in the Latin. */
const PLACES: Record<string, { code: string; shift: boolean }> = {
  "/": { code: "Slash", shift: false },
  "?": { code: "Slash", shift: true },
};

/** Whether it is this key: by what it writes, or by its place when the layout is of other letters. */
export function isKey(press: Pick<Press, "key" | "code" | "shiftKey">, wanted: string): boolean {
  const key = press.key.toLowerCase();
  // A sign like `?` has its shift in itself, on whichever key a layout puts it.
  if (key === wanted || (key === " " && wanted === "space")) return true;
  // With a Cyrillic layout Ctrl+K arrives as Ctrl+Л, and Ctrl+/ as Ctrl+. ; a Latin layout that has
  // another letter there means that letter.
  if (/^[a-z]$/.test(wanted)) return !/^[a-z]$/.test(key) && press.code === `Key${wanted.toUpperCase()}`;
  if (/^[0-9]$/.test(wanted)) return press.code === `Digit${wanted}`;
  const place = PLACES[wanted];
  if (place === undefined || press.code !== place.code || press.shiftKey !== place.shift) return false;
  return /^[.,]$|[^\x00-\x7f]/.test(key);
}

/** Whether somebody types there. */
export function isField(target: unknown): boolean {
  const element = target as { tagName?: string; isContentEditable?: boolean; type?: string } | null;
  if (element?.isContentEditable) return true;
  const tag = element?.tagName;
  return tag === "TEXTAREA" || tag === "SELECT" || (tag === "INPUT" && !WITHOUT_TEXT.has(element?.type ?? ""));
}

const WITHOUT_TEXT = new Set(["checkbox", "radio", "button", "submit", "file"]);
