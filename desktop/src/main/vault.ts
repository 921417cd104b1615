// The refresh token of each server, in the system's secret store and nowhere else: encrypted by a key
// that the system keeps (DPAPI, Keychain, a Linux keyring). Where there is none, it is held in memory,
// and one signs in again after each start: a file that anybody can read is no place for it.

import { join } from "node:path";
import type { Machine, Modules } from "./electron.ts";
import { readBytes, remove, writeWhole } from "./files.ts";

export class Vault {
  readonly #safe: Modules["safeStorage"];
  readonly #directory: string;
  readonly #platform: Machine["platform"];
  readonly #held = new Map<string, string>();

  constructor(safe: Modules["safeStorage"], userData: string, platform: Machine["platform"]) {
    this.#safe = safe;
    this.#directory = join(userData, "secrets");
    this.#platform = platform;
  }

  /** Whether what is kept outlives the program. */
  get lasts(): boolean {
    if (!this.#safe.isEncryptionAvailable()) return false;
    // Chromium's last resort on Linux is a password that is in its source.
    return this.#platform !== "linux" || !["basic_text", "unknown"].includes(this.#safe.getSelectedStorageBackend());
  }

  get(id: string): string | null {
    const held = this.#held.get(id);
    if (held !== undefined) return held;
    const kept = this.lasts ? readBytes(this.#path(id)) : null;
    if (kept === null) return null;
    try {
      const secret = this.#safe.decryptString(kept);
      this.#held.set(id, secret);
      return secret;
    } catch {
      // Another person's, or of a key that is gone: it opens nothing any more.
      remove(this.#path(id));
      return null;
    }
  }

  /** On the disk before it is used: the server knows it from now on, and no longer the one before. */
  put(id: string, secret: string): void {
    this.#held.set(id, secret);
    if (this.lasts) writeWhole(this.#path(id), this.#safe.encryptString(secret));
  }

  forget(id: string): void {
    this.#held.delete(id);
    remove(this.#path(id));
  }

  #path(id: string): string {
    return join(this.#directory, id);
  }
}
