// The files of a row's message in words. How to say it comes with a file of its own: the list does not
// wait for that.

import { signal } from "@preact/signals";
import type { ShownFile } from "../files/shown.ts";
import type { wordsOfFiles } from "../files/words.ts";
import { useWords } from "../hooks/context.ts";

const say = signal<typeof wordsOfFiles | null>(null);

export function FilesSaid({ files }: { files: readonly ShownFile[] }) {
  const words = useWords();
  if (say.value !== null) return <>{say.value(files, words)}</>;
  void import("../files/words.ts").then((module) => (say.value = module.wordsOfFiles));
  return <>{words.t("files.files", { count: files.length })}</>;
}
