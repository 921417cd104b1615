// Words, numbers and times in the person's language. Catalogs are flat: a key and its sentence,
// with {names} to fill in; a key that depends on a number has one entry for each plural form: `x#one`,
// `x#few`, `x#many`, `x#other`, by the rules of Intl.PluralRules.

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import type admin from "../locales/admin/en.json";
import type en from "../locales/en.json";
import { RIGHT_TO_LEFT } from "./text.ts";

type Base<Key> = Key extends `${infer Stem}#${string}` ? Stem : Key;
export type Key = Base<keyof typeof en | keyof typeof admin>;
export type Catalog = Record<string, string>;
export type Values = Record<string, string | number>;
export type Load = (locale: string) => Promise<Catalog>;

export const LOCALES = ["ru", "en"] as const;

interface Formats {
  plural: Intl.PluralRules;
  time: Intl.DateTimeFormat;
  day: Intl.DateTimeFormat;
  dayOfYear: Intl.DateTimeFormat;
  weekday: Intl.DateTimeFormat;
  relative: Intl.RelativeTimeFormat;
  number: Intl.NumberFormat;
}

const DAY_MS = 86_400_000;

export class Words {
  readonly #loads: Set<Load>;
  readonly #now: () => number;
  readonly #current = signal<{ locale: string; catalog: Catalog }>({ locale: "en", catalog: {} });
  readonly #formats: ReadonlySignal<Formats>;
  readonly #ready = Promise.withResolvers<void>();
  /** The times of a day as they are said: a screen of messages asks for each of them twice. */
  readonly #times: ReadonlySignal<Map<number, string>>;
  readonly #minute = signal(0);
  #turn = 0;
  /** The present, once a minute: what depends on it is shown anew. */
  readonly minute: ReadonlySignal<number> = this.#minute;
  /** When this day began. */
  readonly today: ReadonlySignal<number>;
  readonly locale: ReadonlySignal<string>;

  constructor(load: Load, now: () => number = Date.now) {
    this.#loads = new Set([load]);
    this.#now = now;
    this.#minute.value = now();
    this.today = computed(() => midnight(new Date(this.#minute.value)));
    this.locale = computed(() => this.#current.value.locale);
    this.#formats = computed(() => formatsOf(this.locale.value));
    this.#times = computed(() => (void this.locale.value, new Map()));
  }

  /** Until there are words in any language. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Time has passed: call it every now and then, and when somebody comes back. */
  tick(): void {
    const now = this.#now();
    if (Math.floor(now / 60_000) !== Math.floor(this.#minute.peek() / 60_000)) this.#minute.value = now;
  }

  /** Speak this language from now on; of several wanted, the first there is. */
  async choose(...wanted: string[]): Promise<void> {
    const known = wanted.map((tag) => tag.slice(0, 2).toLowerCase());
    const locale = known.find((tag) => (LOCALES as readonly string[]).includes(tag)) ?? "en";
    const turn = ++this.#turn;
    const catalogs = await Promise.all([...this.#loads].map((load) => load(locale)));
    if (turn === this.#turn) this.#current.value = { locale, catalog: Object.assign({}, ...catalogs) as Catalog };
    this.#ready.resolve();
  }

  /** Words that come with a screen: in this language now, and in whichever is chosen later. */
  async also(load: Load): Promise<void> {
    this.#loads.add(load);
    const { locale } = this.#current.value;
    const more = await load(locale);
    const now = this.#current.value;
    if (now.locale === locale) this.#current.value = { locale, catalog: { ...now.catalog, ...more } };
  }

  t = (key: Key, values: Values = {}): string => {
    const { catalog } = this.#current.value;
    const count = values["count"];
    let sentence = catalog[key];
    if (typeof count === "number") {
      const form = this.#formats.value.plural.select(count);
      sentence = catalog[`${key}#${form}`] ?? catalog[`${key}#other`] ?? sentence;
    }
    if (sentence === undefined) return key;
    return sentence.replace(/([«“]?)\{(\w+)\}/g, (all, quote: string, name: string) => {
      const value = values[name];
      if (value === undefined) return all;
      return quote + (typeof value === "number" ? this.number(value) : apart(inner(value, quote)));
    });
  };

  number = (value: number): string => this.#formats.value.number.format(value);

  /** 18:40 */
  time = (at: string | number): string => {
    const date = new Date(at);
    const times = this.#times.value;
    const minute = date.getHours() * 60 + date.getMinutes();
    let said = times.get(minute);
    if (said === undefined) times.set(minute, (said = this.#formats.value.time.format(date)));
    return said;
  };

  /** Today, yesterday, a weekday of the last six, or the date. */
  day = (at: string | number): string => {
    const days = this.#daysFromNow(new Date(at));
    const formats = this.#formats.value;
    if (days >= -1 && days <= 1) return formats.relative.format(days, "day");
    if (days < 0 && days > -7) return formats.weekday.format(new Date(at));
    return this.date(at);
  };

  /** The date; with the year when it is another one. */
  date = (at: string | number): string => {
    const date = new Date(at);
    const same = date.getFullYear() === new Date(this.today.value).getFullYear();
    return (same ? this.#formats.value.day : this.#formats.value.dayOfYear).format(date);
  };

  /** «вчера, 18:40» */
  moment = (at: string | number): string => `${this.day(at)}, ${this.time(at)}`;

  /** For lists: the time of today, else the day. */
  short = (at: string | number): string =>
    this.#daysFromNow(new Date(at)) === 0 ? this.time(at) : this.day(at);

  /** «5 минут назад» */
  ago = (at: string | number): string => {
    void this.#minute.value;
    const seconds = Math.round((new Date(at).getTime() - this.#now()) / 1000);
    const { relative } = this.#formats.value;
    if (Math.abs(seconds) < 60) return this.t("time.just_now");
    if (Math.abs(seconds) < 3600) return relative.format(Math.round(seconds / 60), "minute");
    if (Math.abs(seconds) < DAY_MS / 1000) {
      return relative.format(Math.round(seconds / 3600), "hour");
    }
    return this.moment(at);
  };

  due = (due: { date: string } | { at: string }): string => ("date" in due ? this.day(`${due.date}T00:00`) : this.moment(due.at));

  size = (bytes: number): string => {
    const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
    const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
    return new Intl.NumberFormat(this.locale.value, {
      style: "unit",
      unit: units[power] ?? "byte",
      // «5 байт»: the short form of English has no plural.
      unitDisplay: power === 0 ? "long" : "short",
      maximumFractionDigits: power > 1 ? 1 : 0,
    }).format(bytes / 1024 ** power);
  };

  #daysFromNow(date: Date): number {
    return Math.round((midnight(date) - this.today.value) / DAY_MS);
  }
}

/** A name that is written from the right keeps to itself within a sentence. */
/** Quotes within quotes: «Мастерская „Дуб“». */
function inner(value: string, quote: string): string {
  const marks = { "«": "«»„“", "“": "“”‘’" }[quote];
  if (marks === undefined) return value;
  return value.replaceAll(marks[0] ?? "", marks[2] ?? "").replaceAll(marks[1] ?? "", marks[3] ?? "");
}

function apart(value: string): string {
  return RIGHT_TO_LEFT.test(value) ? `\u2068${value}\u2069` : value;
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** Each is made when it is first asked for: they are dear, and a first screen needs few. */
function formatsOf(locale: string): Formats {
  const made: Partial<Formats> = {};
  const of = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);
  return {
    get plural() {
      return (made.plural ??= new Intl.PluralRules(locale));
    },
    get time() {
      return (made.time ??= of({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }));
    },
    get day() {
      return (made.day ??= of({ day: "numeric", month: "long" }));
    },
    get dayOfYear() {
      return (made.dayOfYear ??= of({ day: "numeric", month: "long", year: "numeric" }));
    },
    get weekday() {
      return (made.weekday ??= of({ weekday: "long" }));
    },
    get relative() {
      return (made.relative ??= new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));
    },
    get number() {
      return (made.number ??= new Intl.NumberFormat(locale));
    },
  };
}
