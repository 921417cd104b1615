// Files out of a drop, a paste or the picker of the browser; folders are read to their depth.

import type { Given } from "./takers.ts";

/** Nobody sends more at once: a folder of all one's work is not read to its end. */
const MOST = 20_000;
/** What systems put into folders by themselves. */
const LITTER = /^(?:\.DS_Store|Thumbs\.db|desktop\.ini|\._.*)$/i;

export function hasFiles(data: DataTransfer | null): boolean {
  return data !== null && (data.types.includes("Files") || data.files.length > 0);
}

/** A table or a page has its words beside its picture: those are meant. A file copied in Finder has its name. */
export function isPictureOnly(data: DataTransfer): boolean {
  if (!hasFiles(data)) return false;
  const text = data.getData("text/plain").trim();
  return text === "" || [...data.files].some(({ name }) => text.includes(name));
}

/** While they are dragged only their types are known; in some browsers not even those. */
export function mayBePictures(data: DataTransfer): boolean {
  const types = [...data.items].filter(({ kind }) => kind === "file").map(({ type }) => type);
  return types.length === 0 || types.some((type) => type.startsWith("image/"));
}

/** Has to be called while the event is handled: later a browser has forgotten what was dropped. */
export async function givenBy(data: DataTransfer): Promise<Given> {
  const items = [...data.items].filter(({ kind }) => kind === "file");
  const found = items.map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const given: Given & Reading = { files: [], folders: [], unread: [] };
  for (const each of found) {
    if (each === null) continue;
    if (each instanceof File) given.files.push(each);
    else await read(each, given, true);
  }
  return given;
}

type Reading = Required<Pick<Given, "unread">>;

async function read(entry: FileSystemEntry, given: Given & Reading, outer: boolean): Promise<void> {
  try {
    await readOne(entry, given, outer);
  } catch {
    given.unread.push(entry.name);
  }
}

async function readOne(entry: FileSystemEntry, given: Given & Reading, outer: boolean): Promise<void> {
  if (given.files.length >= MOST) return;
  if (entry.isFile) {
    if (outer || !LITTER.test(entry.name)) given.files.push(await fileOf(entry as FileSystemFileEntry));
    return;
  }
  if (outer) given.folders.push(entry.name);
  for (const inner of await entriesOf(entry as FileSystemDirectoryEntry)) await read(inner, given, false);
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A reader gives some at a time, and none at the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all.sort((one, other) => one.name.localeCompare(other.name));
    all.push(...some);
  }
}

export type Picked = "files" | "pictures" | "camera";

/** Ask the browser for files; nothing happens when its person changes their mind. */
export function pick(what: Picked, taken: (given: Given) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = what !== "camera";
  if (what !== "files") input.accept = what === "camera" ? "image/*" : "image/*,video/*";
  if (what === "camera") input.setAttribute("capture", "environment");
  // Safari forgets one that nobody holds; in the page it is held.
  input.hidden = true;
  document.body.append(input);
  input.addEventListener("change", () => {
    const files = [...(input.files ?? [])];
    if (files.length > 0) taken({ files, folders: [] });
    input.remove();
  });
  input.addEventListener("cancel", () => input.remove());
  input.click();
}
