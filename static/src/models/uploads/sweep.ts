// Which local files are still needed: those of messages that wait, and of trays. What nobody needs any
// more goes, with what was noted of its upload, but not before whatever gave it up can be undone no more.

import type { Clock } from "../../lib/clock.ts";
import type { Change } from "../changes.ts";
import type { Database } from "../database.ts";
import type { LocalFile } from "../local-files.ts";
import type { Outbox } from "../outbox.ts";
import type { Replica } from "../replica.ts";
import type { Item } from "../rows.ts";

/** Longer than anything can be undone: what was needed by nobody at two looks may go. */
const LOOKS_EVERY_MS = 10_000;

/** Changes after which something may be needed no more. */
const GIVE_UP = new Set<Change["kind"]>(["item", "item.gone", "tray", "report.seen"]);

/** The files that a write still has to bring to the server. */
export function filesOf(item: Item): LocalFile[] {
  switch (item.kind) {
    case "message.send":
    case "message.edit":
    case "task.attach":
      return item.fields.files ?? [];
    default:
      return [];
  }
}

interface Parts {
  replica: Replica;
  outbox: Outbox;
  clock: Clock;
}

const made = new WeakMap<Replica, Sweeper>();

/** That of an account in this tab. */
export function sweeperOf(parts: Parts): Sweeper {
  let sweeper = made.get(parts.replica);
  if (sweeper === undefined) made.set(parts.replica, (sweeper = new Sweeper(parts)));
  return sweeper;
}

export class Sweeper {
  readonly #parts: Parts;
  readonly #listeners: ((gone: ReadonlySet<string>) => void)[] = [];
  /** What nobody needed at the last look. */
  #suspects: ReadonlySet<string> = new Set();
  #planned = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.replica.changes.hear((changes) => {
      if (changes.some(({ kind }) => GIVE_UP.has(kind))) this.soon();
    });
  }

  /** Hear what has gone. */
  hear(listener: (gone: ReadonlySet<string>) => void): void {
    this.#listeners.push(listener);
  }

  /** Look in a while: something may be needed no more. */
  soon(): void {
    if (this.#planned) return;
    this.#planned = true;
    this.#parts.clock.after(LOOKS_EVERY_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { outbox, replica } = this.#parts;
    this.#planned = false;
    await outbox.stored();
    const { unneeded, gone } = await replica.read((database) => sweep(database, this.#suspects));
    this.#suspects = new Set(unneeded.filter((id) => !gone.has(id)));
    if (this.#suspects.size > 0) this.soon();
    for (const listener of this.#listeners) listener(gone);
  }
}

interface Swept {
  unneeded: string[];
  gone: Set<string>;
}

/** Forget what nothing needs and that was suspected of it before. */
async function sweep(database: Database, suspects: ReadonlySet<string>): Promise<Swept> {
  const tx = database.transaction(["outbox", "trays", "blobs", "uploads"], "readwrite");
  const [blobs, uploads] = [tx.objectStore("blobs"), tx.objectStore("uploads")];
  const trays = await tx.objectStore("trays").getAll();
  const items = await tx.objectStore("outbox").getAll();
  const noted = await uploads.getAll();
  const needed = new Set([...trays.flatMap(({ files }) => files), ...items.flatMap(filesOf)].map(({ id }) => id));
  // What of an archive was left out is kept until it was read; the archive is not.
  const told = new Set(noted.flatMap(({ id, report }) => (report === null ? [] : [id])));
  const rows = noted.map(({ id }) => id).filter((id) => !told.has(id));
  const unneeded = [...(await blobs.getAllKeys()), ...rows].filter((id) => !needed.has(id));
  const gone = new Set(unneeded.filter((id) => suspects.has(id)));
  for (const id of gone) {
    void blobs.delete(id);
    if (!told.has(id)) void uploads.delete(id);
  }
  for (const { where, files } of trays) if (files.length === 0) void tx.objectStore("trays").delete(where);
  await tx.done;
  return { unneeded, gone };
}
