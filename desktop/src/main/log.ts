// What happened, for who has to find out why: no text of messages, no names, no tokens. Two files of a
// megabyte at the most.

import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";

const MOST_BYTES = 1_000_000;
/** What may stand beside an entry; a string is short, and has none of what could be a secret. */
type Beside = Record<string, string | number | boolean | undefined>;
const SECRET = /[A-Za-z0-9_-]{20,}(\.[A-Za-z0-9_-]{10,})*/g;

export class Log {
  readonly path: string;
  readonly #before: string;
  readonly #now: () => number;

  constructor(directory: string, now: () => number) {
    mkdirSync(directory, { recursive: true });
    this.path = join(directory, "messenger.log");
    this.#before = join(directory, "messenger.old.log");
    this.#now = now;
  }

  info(what: string, beside: Beside = {}): void {
    this.#write("info", what, beside);
  }

  warn(what: string, beside: Beside = {}): void {
    this.#write("warn", what, beside);
  }

  #write(level: string, what: string, beside: Beside): void {
    const at = new Date(this.#now()).toISOString();
    const values = Object.entries(beside).map(([name, value]) => `${name}=${cleaned(value)}`);
    try {
      if ((statSync(this.path, { throwIfNoEntry: false })?.size ?? 0) > MOST_BYTES) renameSync(this.path, this.#before);
      appendFileSync(this.path, `${[at, level, what, ...values].join(" ")}\n`, { mode: 0o600 });
    } catch {
      // A full disk ends the log, not the program.
    }
  }
}

function cleaned(value: Beside[string]): string {
  return String(value).replace(/\s+/g, " ").replace(SECRET, "…").slice(0, 200);
}
