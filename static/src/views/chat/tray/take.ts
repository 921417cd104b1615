// Puts files that were given into a tray, and says what stays outside and why.

import type { Words } from "../../../lib/locale.ts";
import type { Account } from "../../../models/account.ts";
import type { ServerSettings } from "../../../models/contract.ts";
import { isZip, type Limits, localOf, mimeOf, sorted } from "../../../models/uploads/choosing.ts";
import { filesOf } from "../../../models/uploads/files.ts";
import { isPicture, photosOf } from "../../../models/uploads/photos.ts";
import type { Tray } from "../../../models/uploads/trays.ts";
import type { Layers } from "../../common/layers.ts";
import type { Given } from "../../files/takers.ts";
import { shortened } from "../../files/name.ts";

const MIB = 2 ** 20;
/** What is larger is not read through to see whether it is there already. */
const COMPARED = 64 * MIB;
/** So many names in a sentence; of more it says how many. */
const NAMED = 3;

export interface TakeParts {
  account: Account;
  settings: ServerSettings;
  layers: Pick<Layers, "toast">;
  words: Words;
}

export function limitsOf({ file_max_bytes = 10 * MIB, zip_max_bytes = 1024 * MIB }: ServerSettings): Limits {
  return { file: file_max_bytes, zip: zip_max_bytes };
}

/** `as` undefined: as those that are in the tray already. The result is how many came into it. */
export async function take(
  parts: TakeParts,
  where: number | string,
  given: Given,
  as?: "photo" | "file",
): Promise<number> {
  const tray = filesOf(parts.account).tray(where);
  const limits = limitsOf(parts.settings);
  const files = given.pasted ? given.files.map((file) => withName(file, parts.words)) : given.files;
  const { taken, ...left } = sorted(files, tray.files.peek().length, limits);
  const fresh: File[] = [];
  const there: File[] = [];
  const unread = (given.unread ?? []).map((name) => ({ name }));
  for (const file of taken) {
    if (!(await isReadable(file))) unread.push(file);
    else ((await isThere(parts.account, tray, fresh, file)) ? there : fresh).push(file);
  }
  const asFiles = as === undefined ? areFiles(tray) : as === "file";
  const chosen = fresh.map((blob) => ({ file: localOf(blob, asFiles, limits), blob: typed(blob) }));
  if (chosen.length > 0) tray.add(...chosen);
  for (const { file } of chosen) if (isPicture(file)) void measure(parts.account, tray, file.id);
  const said = sentences({ ...left, there, unread, folders: given.folders, count: fresh.length }, limits, parts.words);
  if (said !== "") parts.layers.toast({ text: said, kind: fresh.length === 0 ? "error" : "plain" });
  return fresh.length;
}

/** A browser gives folders as files, too, and what is gone since. */
async function isReadable(file: File): Promise<boolean> {
  return file.slice(0, 1).arrayBuffer().then(
    () => true,
    () => false,
  );
}

function areFiles(tray: Tray): boolean {
  const pictures = tray.files.peek().filter(isPicture);
  return pictures.length > 0 && pictures.every(({ shown_as }) => shown_as === "file");
}

/** What has no type is told by its name; a decoder wants to know. */
export function typed(file: File): Blob {
  const mime = mimeOf(file);
  return file.type === mime ? file : file.slice(0, file.size, mime);
}

async function measure(account: Account, tray: Tray, id: string): Promise<void> {
  const { done, size } = photosOf(account).of(id);
  await done;
  const known = size.peek();
  if (known !== null) tray.change(id, { ...known });
}

/** The same name, as many bytes, and the same ones. */
async function isThere(account: Account, tray: Tray, fresh: File[], file: File): Promise<boolean> {
  const like = ({ name, size }: { name: string; size: number }): boolean =>
    name.normalize("NFC") === file.name.normalize("NFC") && size === file.size;
  const held = tray.files.peek().filter(like).map(({ id }) => filesOf(account).bytes(id));
  const alike = [...(await Promise.all(held)), ...fresh.filter(like)];
  if (alike.length === 0 || file.size > COMPARED) return false;
  const hash = await hashOf(file);
  for (const blob of alike) if (blob !== null && (await hashOf(blob)) === hash) return true;
  return false;
}

async function hashOf(blob: Blob): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer())).join();
}

/** A picture out of the clipboard has no name of its own: it gets the moment's. */
export function withName(file: File, { t }: Words): File {
  const extension = /^image\.(\w{3,4})$/.exec(file.name)?.[1];
  if (extension === undefined) return file;
  const pad = (value: number): string => String(value).padStart(2, "0");
  const now = new Date();
  const day = `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(pad).join(".");
  return new File([file], `${t("tray.picture_of", { at: `${day} ${time}` })}.${extension}`, { type: file.type });
}

interface Left {
  empty: File[];
  large: File[];
  more: File[];
  there: File[];
  unread?: { name: string }[];
  folders: string[];
  count: number;
}

/** What stays outside and why. */
export function sentences({ empty, large, more, there, unread = [], folders, count }: Left, limits: Limits, words: Words): string {
  const { t, size } = words;
  const named = (files: { name: string }[]): string => {
    const names = files.slice(0, NAMED).map(({ name }) => t("tray.quoted", { name: shortened(name) })).join(", ");
    return files.length <= NAMED ? names : t("tray.and_more", { names, count: files.length - NAMED });
  };
  const zips = large.every((file) => isZip({ name: file.name, mime: mimeOf(file) }));
  return [
    large.length > 0 && t("tray.too_large", { names: named(large), size: size(zips ? limits.zip : limits.file) }),
    empty.length > 0 && t("tray.empty", { names: named(empty) }),
    unread.length > 0 && t("tray.unread", { names: named(unread) }),
    there.length > 0 && t("tray.there", { names: named(there) }),
    more.length > 0 && t("tray.too_many", { count: more.length }),
    folders.length > 0 && count > 0 && t("tray.from_folder", { name: folders.join(", "), count }),
    folders.length > 0 && count === 0 && t("tray.folder_empty", { name: folders.join(", ") }),
  ]
    .filter((each) => each !== false)
    .join(" ");
}
