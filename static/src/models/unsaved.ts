// What somebody has typed into a form and neither saved nor sent: kept on this device with every key,
// until it is. What a chat's composer holds is a draft of the account's: see drafts.ts.

/** The part of localStorage that is used. */
export interface Memory {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

/** What one saw when one began to type: without it nobody could tell what others changed meanwhile. */
export type Base = Record<string, unknown>;

export interface Kept {
  text: string;
  base: Base | null;
  at: number;
}

/** Forms that were left for good: the oldest give way. */
const MOST = 100;

export class Unsaved {
  readonly #memory: Memory;
  readonly #name: string;
  readonly #now: () => number;

  constructor(memory: Memory, user_id: number, now: () => number) {
    this.#memory = memory;
    this.#name = `messenger.unsaved.${user_id}`;
    this.#now = now;
  }

  of(key: string): Kept | null {
    return this.#all().get(key) ?? null;
  }

  keep(key: string, text: string, base: Base | null = null): void {
    const all = this.#all();
    all.delete(key);
    all.set(key, { text, base, at: this.#now() });
    this.#store([...all].slice(-MOST));
  }

  drop(key: string): void {
    const all = this.#all();
    if (all.delete(key)) this.#store([...all]);
  }

  /** A thing made here has its number now: what was typed about it goes along. */
  rename(before: string, now: string): void {
    const all = [...this.#all()];
    if (!all.some(([key]) => key.startsWith(before))) return;
    this.#store(all.map(([key, kept]) => [key.startsWith(before) ? now + key.slice(before.length) : key, kept]));
  }

  /** Leave only one's own words: what others wrote is not for this device any more. */
  keepWords(): void {
    const version = (base: Base | null): Base | null => base && { version: base["version"] };
    this.#store([...this.#all()].map(([key, kept]) => [key, { ...kept, base: version(kept.base) }]));
  }

  wipe(): void {
    this.#memory.removeItem(this.#name);
  }

  // Read anew each time: another tab may have written.
  #all(): Map<string, Kept> {
    try {
      const stored = JSON.parse(this.#memory.getItem(this.#name) ?? "[]") as [string, Kept][];
      return new Map(stored);
    } catch {
      return new Map();
    }
  }

  #store(all: [string, Kept][]): void {
    if (all.length === 0) return this.wipe();
    try {
      this.#memory.setItem(this.#name, JSON.stringify(all));
    } catch (error) {
      // Full, or forbidden: what is typed still stands in its field.
      console.warn(error);
    }
  }
}
