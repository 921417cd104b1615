// Files on their way to this machine: asked where, or into the folder that was chosen; how far they are;
// and opened or shown once they are there. And files that are dragged out.

import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Contents, Item, Machine, Modules, Store, Window } from "./electron.ts";
import { CLIENT } from "./address.ts";
import type { Log } from "./log.ts";
import { isOwn } from "./security.ts";
import type { Words } from "./words.ts";

/** What is opened with a click: it is looked at, not run. Anything else is shown in its folder. */
const LOOKED_AT =
  /\.(avif|bmp|csv|docx?|epub|flac|gif|heic|heif|ico|jpe?g|json|log|m4a|md|mkv|mov|mp3|mp4|od[gpst]|oga|ogg|ogv|opus|pages|pdf|png|pptx?|rtf|tiff?|txt|wav|weba|webm|webp|xlsx?|xml|ya?ml|zip|7z|rar|tar|gz)$/i;

export interface DownloadsParts {
  modules: Pick<Modules, "app" | "Notification" | "shell">;
  words: Words;
  log: Log;
  platform: Machine["platform"];
  window: () => Window | null;
  /** Where files go without being asked; null: ask. */
  folder: () => string | null;
}

export function watchDownloads(store: Store, parts: DownloadsParts): void {
  const running = new Set<Item>();
  const show = (): void => parts.window()?.setProgressBar(progressOf([...running]));
  store.on("will-download", (event, item) => {
    const address = (item as unknown as { getURL(): string }).getURL();
    if (!isOwn(address, CLIENT) && !address.startsWith(`blob:${CLIENT}/`)) {
      event.preventDefault();
      return parts.log.warn("a download was refused");
    }
    const name = safeName(item.getFilename());
    const folder = parts.folder();
    if (folder === null) item.setSaveDialogOptions({ defaultPath: join(parts.modules.app.getPath("downloads"), name) });
    else item.setSavePath(freeName(folder, name));
    running.add(item);
    item.on("updated", show);
    item.once("done", (_event, state) => {
      running.delete(item);
      show();
      if (state !== "cancelled") told(item, state === "completed", parts);
    });
    show();
  });
}

/** Of all that runs, between 0 and 1; -1 when nothing does, 2 when nobody knows. */
export function progressOf(items: readonly Item[]): number {
  if (items.length === 0) return -1;
  const total = items.reduce((sum, item) => sum + item.getTotalBytes(), 0);
  const received = items.reduce((sum, item) => sum + item.getReceivedBytes(), 0);
  return total > 0 && items.every((item) => item.getTotalBytes() > 0) ? received / total : 2;
}

function told(item: Item, whole: boolean, { modules, words, log, platform }: DownloadsParts): void {
  const { t } = words;
  const path = item.getSavePath();
  log.info("a download ended", { whole, bytes: item.getReceivedBytes() });
  if (whole && platform === "win32") markAsForeign(path);
  if (!modules.Notification.isSupported()) return;
  const note = new modules.Notification({ title: t(whole ? "desktop.saved" : "desktop.not_saved"), body: basename(path), silent: true });
  if (whole) {
    note.on("click", () => {
      if (LOOKED_AT.test(path)) void modules.shell.openPath(path);
      else modules.shell.showItemInFolder(path);
    });
  }
  note.show();
}

/**
 * Say that a file came from elsewhere, as a browser does: Office opens it without macros, and what would
 * run is asked about first ([MS-FSCC] 5.6.1, Zone.Identifier). Only NTFS has a place for that.
 */
function markAsForeign(path: string): void {
  try {
    writeFileSync(`${path}:Zone.Identifier`, "[ZoneTransfer]\r\nZoneId=3\r\n");
  } catch {
    // A disk without one.
  }
}

/** A name without a way to another folder, and none that a system keeps for itself. */
export function safeName(given: string): string {
  const name = basename(given.replaceAll("\\", "/"))
    .replace(/[<>:"/|?*\p{C}]/gu, "_")
    .replace(/[. ]+$/, "")
    .slice(0, 200);
  return name === "" || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name) || name.startsWith(".") ? `_${name}` : name;
}

export function freeName(folder: string, name: string): string {
  const end = extname(name);
  const stem = name.slice(0, name.length - end.length);
  for (let number = 0; ; number++) {
    const path = join(folder, number === 0 ? name : `${stem} (${number})${end}`);
    if (!existsSync(path)) return path;
  }
}

/** A file that is larger is saved, and dragged from where it was saved. */
const DRAGGED_AT_MOST = 200_000_000;
const DRAGGED = "messenger-drag-";

/** Files that are dragged out are fetched when somebody takes hold of them, and are gone with the program. */
export class DragOut {
  readonly #directory: string;
  readonly #platform: Machine["platform"];
  readonly #most: number;
  readonly #fetching = new Map<string, Promise<string>>();

  constructor(temporary: string, platform: Machine["platform"], most = DRAGGED_AT_MOST) {
    this.#platform = platform;
    this.#most = most;
    mkdirSync(temporary, { recursive: true });
    // One of us runs at a time: what is there was left by one that ended badly.
    for (const name of readdirSync(temporary)) if (name.startsWith(DRAGGED)) removed(join(temporary, name));
    this.#directory = mkdtempSync(join(temporary, DRAGGED));
  }

  /** Where the file is, once it is there; `get` has the partition's network. */
  fetch(id: string, name: string, get: (path: string) => Promise<Response>): Promise<string> {
    const found = this.#fetching.get(id) ?? this.#save(id, name, get);
    this.#fetching.set(id, found);
    found.catch(() => this.#fetching.delete(id));
    return found;
  }

  start(contents: Contents, path: string, picture: string): void {
    if (!contents.isDestroyed()) contents.startDrag({ file: path, icon: picture });
  }

  empty(): void {
    removed(this.#directory);
  }

  async #save(id: string, name: string, get: (path: string) => Promise<Response>): Promise<string> {
    const answer = await get(`/api/v1/files/${id}`);
    if (!answer.ok || answer.body === null) throw new Error(`HTTP ${answer.status}`);
    const folder = join(this.#directory, id);
    mkdirSync(folder, { recursive: true });
    const path = join(folder, safeName(name));
    try {
      await pipeline(Readable.fromWeb(answer.body as never), upTo(this.#most), createWriteStream(path, { mode: 0o600 }));
    } catch (error) {
      removed(folder);
      throw error;
    }
    if (this.#platform === "win32") markAsForeign(path);
    return path;
  }
}

/** Lets so many bytes through, whatever the answer says of itself. */
function upTo(most: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      done(bytes > most ? new Error("too large to be dragged") : null, piece);
    },
  });
}

function removed(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Another person's, in a folder that everybody has.
  }
}
