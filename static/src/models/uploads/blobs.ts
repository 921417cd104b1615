// The bytes of local files: in the database, and in memory as long as a tab has them from its person.

import type { Changes } from "../changes.ts";
import type { BlobRow, LocalFile } from "../local-files.ts";
import type { Replica } from "../replica.ts";

const made = new WeakMap<Replica, Blobs>();

/** Those of an account in this tab. */
export function blobsOf(replica: Replica): Blobs {
  let blobs = made.get(replica);
  if (blobs === undefined) made.set(replica, (blobs = new Blobs(replica)));
  return blobs;
}

let asked = false;

/** So that the browser does not clear away what waits here; asked once, for some ask their person. */
function askToPersist(): void {
  if (asked) return;
  asked = true;
  // Refused, or not to be had: then it is kept as long as there is room.
  globalThis.navigator?.storage?.persist?.().catch(() => {});
}

export class Blobs {
  readonly #replica: Replica;
  readonly #held = new Map<string, Blob>();
  /** Those that the database does not have: not yet, or for want of room. */
  readonly #unstored = new Set<string>();
  readonly #storing = new Map<string, Promise<unknown>>();

  constructor(replica: Replica) {
    this.#replica = replica;
    replica.changes.hear((changes) => {
      for (const change of changes) {
        if (change.kind === "blob") this.#held.set(change.id, change.blob);
        // The server has them now: nothing is lost with them.
        if (change.kind === "uploaded") this.#unstored.delete(change.id);
      }
    });
  }

  /** Have the bytes of a file that was just chosen. */
  hold(id: string, blob: Blob): void {
    askToPersist();
    this.#held.set(id, blob);
    this.#unstored.add(id);
  }

  /** Null when they are nowhere. */
  async get(id: string): Promise<Blob | null> {
    const held = this.#held.get(id);
    if (held !== undefined) return held;
    const row = await this.#replica.read((database) => database.get("blobs", id));
    return row?.blob ?? null;
  }

  /** What of some files has to be stored with what names them. */
  unstored(files: LocalFile[]): BlobRow[] {
    return files.flatMap(({ id }) => {
      const blob = this.#held.get(id);
      return this.#unstored.has(id) && blob !== undefined ? [{ id, blob }] : [];
    });
  }

  /** Whether some are lost when this tab is closed. */
  get atRisk(): boolean {
    return this.#unstored.size > 0;
  }

  /** They are being stored; true once they are, false when the device has no room. */
  async store(rows: BlobRow[], work: () => Promise<unknown>): Promise<boolean> {
    const done = work().then(
      () => true,
      (error: unknown) => {
        console.error(error);
        return false;
      },
    );
    for (const { id } of rows) this.#storing.set(id, done);
    const stored = await done;
    for (const { id } of rows) this.#storing.delete(id);
    if (stored) this.stored(rows);
    return stored;
  }

  /** Note that the database has them. */
  stored(rows: BlobRow[]): void {
    for (const { id } of rows) this.#unstored.delete(id);
  }

  /** Until those being stored are. */
  async settled(files: LocalFile[]): Promise<void> {
    await Promise.all(files.map(({ id }) => this.#storing.get(id)));
  }

  /** Give them to the other tabs, whichever of them sends. */
  tell(files: LocalFile[], changes: Changes): void {
    for (const { id, blob } of this.unstored(files)) changes.elsewhere([{ kind: "blob", id, blob }]);
  }

  forget(ids: ReadonlySet<string>): void {
    for (const id of ids) {
      this.#held.delete(id);
      this.#unstored.delete(id);
    }
  }
}
