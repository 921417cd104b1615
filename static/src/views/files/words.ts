// The files of a message in words, wherever it is named: a list, a quote, a notification, a reader. Pure.

import type { Key, Words } from "../../lib/locale.ts";
import { shortened } from "./name.ts";
import { arranged, type ShownFile } from "./shown.ts";

const LONGEST = 32;

/** «3 фото, договор.pdf». With `sizes`, a file that is named has its size: for readers. */
export function wordsOfFiles(files: readonly ShownFile[], words: Words, { sizes = false } = {}): string {
  const { t, size } = words;
  const { pictures, sounds, rows } = arranged(files);
  const films = pictures.filter(({ mime }) => mime.startsWith("video/"));
  const voices = sounds.filter(({ shown_as }) => shown_as === "voice");
  const others = files.filter((file) => rows.includes(file) || (sounds.includes(file) && !voices.includes(file)));
  const counted = (count: number, one: Key, many: Key): string | false =>
    count > 0 && t(count === 1 ? one : many, { count });
  const named = (file: ShownFile): string =>
    sizes ? `${shortened(file.name, LONGEST)} ${size(file.size)}` : shortened(file.name, LONGEST);
  const counts = [
    counted(pictures.length - films.length, "files.one_photo", "files.photos"),
    counted(films.length, "files.one_video", "files.videos"),
    counted(voices.length, "files.one_voice", "files.voices"),
    others.length > 2 && t("files.files", { count: others.length }),
  ].filter((each) => each !== false);
  const names = others.length > 2 ? [] : others.map(named);
  // A word that follows another in the sentence begins small.
  return [...counts.map((each, index) => (index === 0 ? each : small(each))), ...names].join(", ");
}

function small(said: string): string {
  return said.charAt(0).toLowerCase() + said.slice(1);
}
