// What a person chose for this machine.

import { join } from "node:path";
import { readJson, writeWhole } from "./files.ts";

export interface Chosen {
  /** Started with the system, the window stays hidden. */
  autostart: boolean;
  /** Closing the window leaves the program in the tray. */
  tray: boolean;
  shortcut: boolean;
  spelling: boolean;
  /** Where files are saved without being asked; null: ask each time. */
  downloads: string | null;
  /** A proxy that goes before the system's, as `http=host:3128` has it. */
  proxy: string | null;
  zoom: number;
}

const DEFAULTS: Chosen = {
  autostart: false,
  tray: true,
  shortcut: false,
  spelling: true,
  downloads: null,
  proxy: null,
  zoom: 0,
};

export class Preferences {
  readonly #path: string;
  #chosen: Chosen;

  constructor(userData: string) {
    this.#path = join(userData, "preferences.json");
    const kept = (readJson(this.#path) ?? {}) as Record<string, unknown>;
    const known = Object.entries(DEFAULTS).map(([name, usual]) => {
      const value = kept[name];
      const fits = usual === null ? value === null || typeof value === "string" : typeof value === typeof usual;
      return [name, fits && value !== undefined ? value : usual];
    });
    this.#chosen = Object.fromEntries(known) as Chosen;
  }

  get all(): Readonly<Chosen> {
    return this.#chosen;
  }

  set(changed: Partial<Chosen>): void {
    this.#chosen = { ...this.#chosen, ...changed };
    writeWhole(this.#path, JSON.stringify(this.#chosen, null, 2));
  }
}
