// A list by months, in the words of a language. Pure.

export interface Month<T> {
  key: string;
  title: string;
  items: T[];
}

/** Of items in their order, those of each month together. The year stands where it is not this one. */
export function byMonth<T>(items: readonly T[], momentOf: (item: T) => string, locale: string, now: number): Month<T>[] {
  const name = new Intl.DateTimeFormat(locale, { month: "long" });
  const months = new Map<string, Month<T>>();
  for (const item of items) {
    const at = new Date(momentOf(item));
    const key = `${at.getFullYear()}-${at.getMonth()}`;
    const held = months.get(key);
    if (held !== undefined) {
      held.items.push(item);
      continue;
    }
    const month = name.format(at);
    const title = month.slice(0, 1).toLocaleUpperCase(locale) + month.slice(1);
    const year = at.getFullYear() === new Date(now).getFullYear() ? "" : ` ${at.getFullYear()}`;
    months.set(key, { key, title: title + year, items: [item] });
  }
  return [...months.values()];
}
