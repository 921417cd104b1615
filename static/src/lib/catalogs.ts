// Fetches the words of a language. Data, not a script: a language is no code.

import type { Catalog, Load } from "./locale.ts";

/** Without words there is nothing to show: until they are there, it tries again. */
export function catalogs(files: { en: string; ru: string }): Load {
  return async (locale) => {
    for (;;) {
      try {
        const answer = await fetch(locale === "ru" ? files.ru : files.en);
        if (answer.ok) return (await answer.json()) as Catalog;
      } catch {
        // No connection just now.
      }
      await new Promise((later) => setTimeout(later, 1000));
    }
  };
}
