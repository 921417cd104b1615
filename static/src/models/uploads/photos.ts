// Photos in trays, made ready to be sent: a small one to look at, and the reduced one. Kept in memory; after
// a reload they are made anew of what was chosen.

import { type ReadonlySignal, signal } from "@preact/signals-core";
import { type Photo, Pictures } from "../../lib/pictures/pictures.ts";
import { renamed, type Size } from "../../lib/pictures/reducing.ts";
import type { Account } from "../account.ts";
import type { LocalFile } from "../local-files.ts";
import { filesOf, type LocalFiles } from "./files.ts";
import type { Tray } from "./trays.ts";

export interface Prepared {
  /** The address of a small picture; null until it is here, and of what cannot be looked at. */
  small: ReadonlySignal<string | null>;
  size: ReadonlySignal<Size | null>;
  /** Undefined while it is being made; null of what goes as it is. */
  photo: ReadonlySignal<Photo | null | undefined>;
  done: Promise<unknown>;
}

/** What goes as a photo unless its person wants it as a file. Drawings are files. */
export function isPicture({ mime }: { mime: string }): boolean {
  return mime.startsWith("image/") && !mime.startsWith("image/svg");
}

export function goesAsPhoto(file: LocalFile): boolean {
  return isPicture(file) && file.shown_as !== "file";
}

export class Photos {
  readonly #files: LocalFiles;
  readonly #pictures = new Pictures();
  readonly #made = new Map<string, Prepared>();

  constructor(files: LocalFiles) {
    this.#files = files;
  }

  /** Begins with it when it is asked for first. */
  of(id: string): Prepared {
    let made = this.#made.get(id);
    if (made === undefined) this.#made.set(id, (made = this.#prepare(id)));
    return made;
  }

  /** How many bytes of a file will be sent; null while that is not known. */
  bytes(file: LocalFile): number | null {
    if (!goesAsPhoto(file)) return file.size;
    const photo = this.of(file.id).photo.value;
    return photo === undefined ? null : (photo?.photo.size ?? file.size);
  }

  /** Wait for the photos of a tray, and put them in place of what was chosen; the result is what to send. */
  async settle(tray: Tray): Promise<LocalFile[]> {
    const photos = (): LocalFile[] => tray.files.peek().filter(goesAsPhoto);
    await Promise.all(photos().map(({ id }) => this.of(id).done));
    for (const file of photos()) {
      const photo = this.of(file.id).photo.peek();
      if (photo) this.#replace(tray, file, photo);
    }
    return tray.files.peek();
  }

  #replace(tray: Tray, file: LocalFile, { photo, size }: Photo): void {
    const id = crypto.randomUUID();
    const fields = { id, mime: photo.type, size: photo.size, name: renamed(file.name, photo.type) };
    // It is ready, and not to be reduced again.
    const { small } = this.of(file.id);
    this.#made.set(id, { small, size: signal(size), photo: signal(null), done: Promise.resolve() });
    tray.replace(file.id, { file: { ...file, ...fields, ...size }, blob: photo });
    this.#made.delete(file.id);
  }

  /** Forget what was made of a file that is in no tray any more. */
  drop(id: string): void {
    const small = this.#made.get(id)?.small.peek();
    if (small) URL.revokeObjectURL(small);
    this.#made.delete(id);
  }

  #prepare(id: string): Prepared {
    const small = signal<string | null>(null);
    const size = signal<Size | null>(null);
    const photo = signal<Photo | null | undefined>(undefined);
    const work = async (): Promise<void> => {
      const blob = await this.#files.bytes(id);
      const picture = blob && this.#pictures.of(blob);
      const seen = await picture?.seen;
      if (seen) {
        small.value = URL.createObjectURL(seen.small);
        size.value = seen.size;
      }
      photo.value = (await picture?.made) ?? null;
    };
    return { small, size, photo, done: work() };
  }
}

const all = new WeakMap<Account, Photos>();

/** The same for the same account. */
export function photosOf(account: Account): Photos {
  let photos = all.get(account);
  if (photos === undefined) all.set(account, (photos = new Photos(filesOf(account))));
  return photos;
}
