// One's own account: name, language, time zone, devices, password.

import type { Http } from "../lib/http.ts";
import type { Outbox } from "./outbox.ts";
import type { DeviceSession } from "./contract.ts";
import type { ProfileChange } from "./types.ts";

export class Settings {
  readonly #http: Http;
  readonly #outbox: Outbox;

  constructor(http: Http, outbox: Outbox) {
    this.#http = http;
    this.#outbox = outbox;
  }

  /** Change some of one's profile; with the next connection when there is none. */
  update(changes: ProfileChange): void {
    // No chat has this number: the profile waits for no chat, and none for it.
    this.#outbox.write({ kind: "me.update", chat_id: 0, fields: { changes } });
  }

  async sessions(): Promise<DeviceSession[]> {
    const found: DeviceSession[] = [];
    let next: string | null = null;
    do {
      const query: Record<string, string> = next === null ? {} : { next };
      const page = await this.#http.page<DeviceSession>("/sessions", query);
      found.push(...page.data);
      next = page.next as string | null;
    } while (next !== null);
    return found;
  }

  async endSession(id: string): Promise<void> {
    await this.#http.change("DELETE", `/sessions/${id}`, undefined, crypto.randomUUID());
  }

  /** The other sessions end with it. */
  async changePassword(old: string, fresh: string): Promise<void> {
    await this.#http.change("POST", "/auth/password", { old, new: fresh });
  }
}
