// The shell's words, from the same catalogs as the client's: flat, with {names} to fill in, and one
// entry for each plural form.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type catalog from "../../../static/src/locales/desktop/en.json";

type Base<Key> = Key extends `${infer Stem}#${string}` ? Stem : Key;
export type Key = Base<keyof typeof catalog>;
export type Locale = "ru" | "en";

export class Words {
  readonly #dist: string;
  #locale: Locale;
  #catalog: Record<string, string>;

  constructor(dist: string, locale: string) {
    this.#dist = dist;
    this.#locale = localeOf(locale);
    this.#catalog = this.#read();
  }

  get locale(): Locale {
    return this.#locale;
  }

  /** All of them, for a page. */
  get catalog(): Readonly<Record<string, string>> {
    return this.#catalog;
  }

  /** Speak another language; false when it is the same. */
  choose(locale: Locale): boolean {
    if (locale === this.#locale) return false;
    this.#locale = locale;
    this.#catalog = this.#read();
    return true;
  }

  t = (key: Key, values: Record<string, string | number> = {}): string => {
    const form = new Intl.PluralRules(this.#locale).select(Number(values["count"] ?? 0));
    const sentence = this.#catalog[`${key}#${form}`] ?? this.#catalog[key] ?? key;
    return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  };

  #read(): Record<string, string> {
    return JSON.parse(readFileSync(join(this.#dist, "locales", `${this.#locale}.json`), "utf8")) as Record<string, string>;
  }
}

function localeOf(tag: string): Locale {
  return /^(ru|be|uk|kk)\b/i.test(tag) ? "ru" : "en";
}
