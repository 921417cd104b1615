// A localStorage that lasts as long as a test.

import type { Memory } from "../models/unsaved.ts";

export class FakeMemory implements Memory {
  readonly held = new Map<string, string>();
  getItem = (name: string): string | null => this.held.get(name) ?? null;
  setItem = (name: string, value: string): void => void this.held.set(name, value);
  removeItem = (name: string): void => void this.held.delete(name);
}
