// The shell's own windows: first run, diagnostics, finding in the page, what a proxy or a server asks.

import { join } from "node:path";
import { SHELL } from "./address.ts";
import type { Machine, Modules, Store, Window } from "./electron.ts";
import { answering } from "./scheme.ts";
import { confine, guard, ISOLATED } from "./security.ts";
import type { Words } from "./words.ts";

export type Kind = "connect" | "diagnose" | "find" | "login" | "certificate";

interface Open {
  window: Window;
  kind: Kind;
  /** What the page has to know. */
  data: unknown;
  done: (answer: unknown) => void;
}

const SIZES: Record<Kind, { width: number; height: number }> = {
  connect: { width: 540, height: 760 },
  diagnose: { width: 720, height: 640 },
  find: { width: 400, height: 64 },
  login: { width: 440, height: 430 },
  certificate: { width: 560, height: 360 },
};

export class Pages {
  readonly #modules: Modules;
  readonly #machine: Machine;
  readonly #words: Words;
  readonly #store: Store;
  readonly #open = new Map<number, Open>();

  constructor(modules: Modules, machine: Machine, words: Words) {
    this.#modules = modules;
    this.#machine = machine;
    this.#words = words;
    // In memory: nothing of these pages is kept.
    this.#store = modules.session.fromPartition("shell");
    this.#store.protocol.handle("app", answering({ dist: machine.dist, server: () => null, api: null }));
    this.#store.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
    this.#store.setPermissionCheckHandler(() => false);
    confine(this.#store, null);
  }

  /** Of which page a message is. */
  of(contents: number): Open | null {
    return this.#open.get(contents) ?? null;
  }

  has(kind: Kind): boolean {
    return [...this.#open.values()].some((open) => open.kind === kind);
  }

  /** Show one; the result is what somebody answered, or null when they closed it. */
  show(kind: Kind, data: unknown, parent: Window | null = null): Promise<unknown> {
    const before = [...this.#open.values()].find((open) => open.kind === kind && kind !== "login" && kind !== "certificate");
    if (before !== undefined) {
      before.window.show();
      before.window.focus();
      return Promise.resolve(null);
    }
    const window = this.#window(kind, parent);
    const { id } = window.webContents;
    return new Promise((resolve) => {
      const done = (answer: unknown): void => {
        if (!this.#open.delete(id)) return;
        resolve(answer);
        if (!window.isDestroyed()) window.destroy();
      };
      this.#open.set(id, { window, kind, data, done });
      window.on("closed", () => done(null));
    });
  }

  close(kind: Kind): void {
    for (const open of [...this.#open.values()]) if (open.kind === kind) open.done(null);
  }

  #window(kind: Kind, parent: Window | null): Window {
    const { BrowserWindow, nativeTheme } = this.#modules;
    const { t } = this.#words;
    const frameless = kind === "find";
    const around = frameless ? parent?.getBounds() : undefined;
    const window = new BrowserWindow({
      ...SIZES[kind],
      ...(around === undefined ? {} : { x: around.x + around.width - SIZES.find.width - 24, y: around.y + 72 }),
      ...(parent === null ? {} : { parent: parent as never }),
      show: false,
      frame: !frameless,
      resizable: !frameless,
      minimizable: !frameless,
      maximizable: false,
      modal: parent !== null && !frameless,
      title: t(`desktop.page_${kind}`),
      backgroundColor: nativeTheme.shouldUseDarkColors ? "#1e1f1d" : "#ffffff",
      autoHideMenuBar: true,
      webPreferences: { ...ISOLATED, session: this.#store as never, preload: join(this.#machine.dist, "page.cjs"), spellcheck: false },
    });
    guard(window.webContents, SHELL, () => {});
    window.once("ready-to-show", () => window.show());
    void window.loadURL(`${SHELL}/page.html`).catch(() => window.destroy());
    return window;
  }
}
