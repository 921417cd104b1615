// Files that were chosen for what is still being written: kept on this device, so that they survive a
// reload and a change of chat, and the same in all tabs.

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import type { BlobRow, LocalFile } from "../local-files.ts";
import type { Replica } from "../replica.ts";
import { Named } from "../row-store.ts";
import type { Blobs } from "./blobs.ts";

/** A file and its bytes. */
export interface Chosen {
  file: LocalFile;
  blob: Blob;
}

export class Trays {
  readonly #replica: Replica;
  readonly #blobs: Blobs;
  readonly #all = signal<ReadonlyMap<string, LocalFile[]>>(new Map());
  readonly #made = new Named((where: string) => new Tray(where, this));
  #storing: Promise<unknown> = Promise.resolve();
  /** Called when the device has no room for some files. */
  onNoRoom: () => void = () => {};

  constructor(replica: Replica, blobs: Blobs) {
    this.#replica = replica;
    this.#blobs = blobs;
    replica.changes.hear((changes) => {
      for (const change of changes) {
        if (change.kind === "tray") this.#all.value = new Map(this.#all.peek()).set(change.where, change.files);
        if (change.kind === "named") this.#rename(`task.${change.temporary}.`, `task.${change.id}.`);
      }
    });
  }

  async load(): Promise<void> {
    const [rows, stored] = await this.#replica.read((database) =>
      Promise.all([database.getAll("trays"), database.getAllKeys("blobs")]),
    );
    // A file for whose bytes there was no room went with the tab that had them.
    const held = new Set(stored);
    const trays = rows.map(({ where, files }) => [where, files.filter(({ id }) => held.has(id))] as const);
    this.#all.value = new Map([...trays, ...this.#all.peek()]);
  }

  /** A task made here has its number now: what was chosen for it goes along. */
  #rename(before: string, now: string): void {
    for (const [where, files] of this.#all.peek()) {
      if (!where.startsWith(before) || files.length === 0) continue;
      this.change(now + where.slice(before.length), files);
      this.change(where, []);
    }
  }

  /** The same for the same place. */
  of(where: string): Tray {
    return this.#made.of(where);
  }

  files(where: string): ReadonlySignal<LocalFile[]> {
    return computed(() => this.#all.value.get(where) ?? NONE);
  }

  /** Put other files into a tray, with the bytes of those that were just chosen. */
  change(where: string, files: LocalFile[], chosen: Chosen[] = []): void {
    for (const { file, blob } of chosen) this.#blobs.hold(file.id, blob);
    this.say(where, files);
    const rows = this.#blobs.unstored(chosen.map(({ file }) => file));
    const before = this.#storing;
    this.#storing = this.#blobs
      .store(rows, async () => {
        await before;
        await this.#store(where, rows);
      })
      .then((stored) => {
        if (!stored && rows.length > 0) this.onNoRoom();
      });
  }

  /** Show other files in a tray, in every tab. */
  say(where: string, files: LocalFile[]): void {
    this.#replica.changes.publish([{ kind: "tray", where, files }]);
  }

  async #store(where: string, rows: BlobRow[]): Promise<void> {
    await this.#replica.read(async (database) => {
      const tx = database.transaction(["blobs", "trays"], "readwrite");
      for (const row of rows) tx.objectStore("blobs").put(row).catch(noted);
      const files = this.#all.peek().get(where) ?? NONE;
      tx.objectStore("trays").put({ where, files }).catch(noted);
      await tx.done;
    });
  }

  /** Until all that was chosen is in the database, or has no room there. */
  async stored(): Promise<void> {
    await this.#storing;
  }
}

const NONE: LocalFile[] = [];

/** What fails in a transaction fails the transaction, which is where it is heard of. */
function noted(): void {}

/** The files of one place, in their order. */
export class Tray {
  readonly #where: string;
  readonly #trays: Trays;
  readonly files: ReadonlySignal<LocalFile[]>;

  constructor(where: string, trays: Trays) {
    this.#where = where;
    this.#trays = trays;
    this.files = trays.files(where);
  }

  add(...chosen: Chosen[]): void {
    this.#trays.change(this.#where, [...this.files.peek(), ...chosen.map(({ file }) => file)], chosen);
  }

  remove(id: string): void {
    this.#keep(this.files.peek().filter((file) => file.id !== id));
  }

  /** Change what is known of a file: its name, how it is to be shown, whether it is unpacked. */
  change(id: string, fields: Partial<Omit<LocalFile, "id">>): void {
    this.#keep(this.files.peek().map((file) => (file.id === id ? { ...file, ...fields } : file)));
  }

  /** Put another in the place of one: other bytes have another id. */
  replace(id: string, chosen: Chosen): void {
    const files = this.files.peek().map((file) => (file.id === id ? chosen.file : file));
    this.#trays.change(this.#where, files, [chosen]);
  }

  /** Move one before another, or to the end. */
  move(id: string, before: string | null): void {
    const moved = this.files.peek().find((file) => file.id === id);
    if (moved === undefined || id === before) return;
    const rest = this.files.peek().filter((file) => file.id !== id);
    const at = rest.findIndex((file) => file.id === before);
    this.#keep(rest.toSpliced(at === -1 ? rest.length : at, 0, moved));
  }

  clear(): void {
    this.#keep([]);
  }

  #keep(files: LocalFile[]): void {
    this.#trays.change(this.#where, files);
  }
}
