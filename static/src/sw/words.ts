// The client's words, from the catalogs that are kept with it.

import { FILES } from "./files.ts";

const CATALOGS = /\/assets\/(en|ru)-[^/]*\.json$/;

/** Words in a language; English where it is another one. */
export async function wordsIn(lang: string): Promise<(key: string) => string> {
  const wanted = lang.startsWith("ru") ? "ru" : "en";
  const file = FILES.find((each) => CATALOGS.exec(each)?.[1] === wanted);
  const catalog = file === undefined ? {} : await catalogIn(file);
  return (key) => catalog[key] ?? "…";
}

async function catalogIn(file: string): Promise<Record<string, string>> {
  try {
    const answer = (await caches.match(file)) ?? (await fetch(file));
    return (await answer.json()) as Record<string, string>;
  } catch {
    return {};
  }
}
