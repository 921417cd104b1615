// What floats above the places: the menu that is open, the toasts. One for the app, by context, so
// that a row of a long list needs no state to have a menu.

import { type ReadonlySignal, signal } from "@preact/signals";
import { createContext, type ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import type { Undo } from "../../models/outbox.ts";
import type { IconName } from "./icon.tsx";

export interface Choice {
  label: string;
  run: () => void;
  icon?: IconName | undefined;
  /** Shown at the right, as `useKey` has it: `ctrl+k`. */
  keys?: string | undefined;
  danger?: boolean | undefined;
  disabled?: boolean | undefined;
  /** Given: a choice that is on or off. */
  checked?: boolean | undefined;
}

/** A line between groups is `"line"`; what is false or null is left out. */
export type MenuItem = Choice | "line" | false | null | undefined;

export interface MenuAsked {
  /** For readers, and the heading on a phone. */
  label: string;
  items: MenuItem[];
  /** Beside this element, or at this point. */
  at: Element | { x: number; y: number };
  /** Above the choices: quick reactions, say. Call `close` when done. */
  head?: ((close: () => void) => ComponentChildren) | undefined;
}

export interface ToastAsked {
  text: string;
  undo?: Undo | undefined;
  kind?: "plain" | "error" | undefined;
  action?: { label: string; run: () => void } | undefined;
  /** The id of the request that failed: to be copied. */
  request?: string | undefined;
}

export interface Toast extends ToastAsked {
  id: number;
  until: number;
}

/** What the shell opens over everything. */
export type Overlay = "switcher" | "keys" | "outbox";

export interface OverlayProps {
  onClose: () => void;
}

const SHOWN_MS = 5000;
/** Long enough to reach the button that copies its id. */
const FAILED_MS = 10_000;
const AT_MOST = 3;
const LONGEST_MS = 10_000;

export class Layers {
  readonly #menu = signal<MenuAsked | null>(null);
  readonly #toasts = signal<Toast[]>([]);
  readonly #dialogs = signal(0);
  readonly #overlay = signal<Overlay | null>(null);
  #last = 0;
  /** What can be taken back, the latest last; also when nothing says so any more. */
  #undos: Undo[] = [];
  readonly menu: ReadonlySignal<MenuAsked | null> = this.#menu;
  readonly toasts: ReadonlySignal<Toast[]> = this.#toasts;
  /** How many dialogs are open: the uppermost shows the toasts, all else is out of reach. */
  readonly dialogs: ReadonlySignal<number> = this.#dialogs;

  readonly overlay: ReadonlySignal<Overlay | null> = this.#overlay;

  /** Open the switcher (Ctrl+K), the keys (`?`), what was not sent; null closes it. */
  show = (overlay: Overlay | null): void => {
    this.#overlay.value = overlay;
  };

  openMenu = (asked: MenuAsked): void => {
    this.#menu.value = asked;
  };

  closeMenu = (): void => {
    this.#menu.value = null;
  };

  /** Say something for a moment; with `undo`, until it can no longer be taken back. */
  toast = (asked: ToastAsked | string): void => {
    this.offer(typeof asked === "string" ? { text: asked } : asked);
  };

  /** A toast whose undo has an end of its own: the result takes both away. */
  offer = (given: ToastAsked): (() => void) => {
    const until = given.undo?.until ?? Date.now() + (given.request === undefined ? SHOWN_MS : FAILED_MS);
    const undo = given.undo && this.undoable(given.undo);
    const toast = { ...given, undo, id: ++this.#last, until };
    // Said again it is the same thing, not another one.
    const others = this.#toasts.peek().filter((each) => each.undo !== undefined || each.text !== given.text);
    this.#toasts.value = [...others, toast].slice(-AT_MOST);
    setTimeout(() => this.dropToast(toast.id), until - Date.now());
    return () => {
      this.dropToast(toast.id);
      this.#undos = this.#undos.filter((each) => each !== undo);
    };
  };

  /** Let Ctrl+Z take something back; the result is for a button that does, too. Once is enough. */
  undoable = ({ undo, until }: Undo): Undo => {
    const once = {
      until,
      undo: () => {
        if (!this.#undos.includes(once)) return;
        this.#undos = this.#undos.filter((each) => each !== once);
        this.#toasts.value = this.#toasts.peek().filter((toast) => toast.undo !== once);
        undo();
      },
    };
    this.#undos = [...this.#current(), once];
    return once;
  };

  get canUndo(): boolean {
    return this.#current().length > 0;
  }

  undoLast = (): void => this.#current().at(-1)?.undo();

  #current(): Undo[] {
    const now = Date.now();
    // Further away than any is the word of a clock that was put back.
    return this.#undos.filter(({ until }) => until > now && until <= now + LONGEST_MS);
  }

  dropToast = (id: number): void => {
    this.#toasts.value = this.#toasts.peek().filter((toast) => toast.id !== id);
  };

  /** A dialog is open until the result is called; gives its depth too. */
  enter(): () => void {
    this.#dialogs.value = this.#dialogs.peek() + 1;
    return () => {
      this.#dialogs.value = this.#dialogs.peek() - 1;
    };
  }
}

export const LayersContext = createContext<Layers | null>(null);

/** `const { openMenu, toast } = useLayers();` */
export function useLayers(): Layers {
  const layers = useContext(LayersContext);
  if (layers === null) throw new Error("a view outside of the shell");
  return layers;
}

/** No dialog, no menu is open: what is behind one is out of reach. */
export function nothingModal(): boolean {
  return document.querySelector("dialog[open]") === null;
}

/** Nothing at all that Esc would close. */
export function nothingOver(): boolean {
  return nothingModal() && document.querySelector(".panel") === null;
}
