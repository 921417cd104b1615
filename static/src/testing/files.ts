// What the server in memory holds of files.

import type { Sent } from "../lib/transfer.ts";
import type { File as Stored } from "../models/types.ts";
import { AT } from "./refusal.ts";

export interface Part {
  name: string;
  chat_id: number;
  size: number;
  unpack: boolean;
  bytes: Blob;
}

export class FakeFiles {
  readonly stored = new Map<string, Stored>();
  readonly parts = new Map<string, Part>();
  /** What an archive holds; what of it is refused. */
  entries: string[] = [];
  refused: { path: string; reason: "damaged" }[] = [];
  /** After so many bytes of a body the line breaks, once. */
  breaksAfter: number | null = null;
  /** Called before each request; what it returns is waited for. */
  gate: (sent: Sent) => Promise<void> | void = () => {};
  #next = 1;

  file(name: string, chat_id: number, size: number, id = this.nextId()): Stored {
    const made = { id, chat_id, uploader_id: 1, name, mime: "text/plain", size, width: null, height: null };
    const more = { placeholder: null, preview: false, no_preview: null, folder: null, created_at: AT };
    this.stored.set(id, { ...made, ...more } as unknown as Stored);
    return this.stored.get(id) as Stored;
  }

  nextId(): string {
    return `00000000-0000-4000-8000-${String(this.#next++).padStart(12, "0")}`;
  }
}
