// What everybody may know of the organisation: its name and its colour. The shell tells it, which may
// be a kept one: so it is asked for again, and remembered on the device.

import { type ReadonlySignal, signal } from "@preact/signals-core";
import { ApiError, Unreachable } from "../lib/errors.ts";
import type { Http } from "../lib/http.ts";
import type { Known, OrganisationChange } from "./types.ts";
import type { Memory } from "./unsaved.ts";

export type About = Pick<Known, "name" | "accent">;
export type Accent = About["accent"];
export const ACCENTS = ["teal", "blue", "violet", "rose", "amber", "graphite"] as const satisfies Accent[];

/** How far the first administrator has come in setting it up. */
export type SetupStep = NonNullable<OrganisationChange["setup"]>;

const NAME = "messenger.organisation";

export class Organisation {
  readonly #http: Http;
  readonly #memory: Memory;
  readonly #about;
  readonly about: ReadonlySignal<About>;

  constructor(http: Http, memory: Memory, told: About | undefined) {
    this.#http = http;
    this.#memory = memory;
    this.#about = signal<About>(remembered(memory) ?? told ?? { name: "", accent: "teal" });
    this.about = this.#about;
  }

  /** Ask the server how it is now. */
  async refresh(): Promise<void> {
    try {
      this.keep(await this.#http.open<About>("GET", "/organisation"));
    } catch (error) {
      // As it is remembered, until there is a connection again.
      if (!(error instanceof ApiError || error instanceof Unreachable)) throw error;
    }
  }

  keep({ name, accent }: About): void {
    this.#about.value = { name, accent };
    this.#memory.setItem(NAME, JSON.stringify({ name, accent }));
  }
}

function remembered(memory: Memory): About | null {
  try {
    return JSON.parse(memory.getItem(NAME) ?? "null") as About | null;
  } catch {
    return null;
  }
}
