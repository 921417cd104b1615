// A localStorage that lasts as long as a test.

import type { Pages } from "../models/jots.ts";

export class FakeMemory implements Pages {
  readonly held = new Map<string, string>();
  getItem = (name: string): string | null => this.held.get(name) ?? null;
  setItem = (name: string, value: string): void => void this.held.set(name, value);
  get length(): number {
    return this.held.size;
  }
  key = (at: number): string | null => [...this.held.keys()][at] ?? null;
  removeItem = (name: string): void => void this.held.delete(name);
}
