// A list by months, in the words of a language. Pure.

export interface Month<T> {
  key: string;
  title: string;
  items: T[];
}

/** Of items in their order, those of each month together. The year stands where it is not this one. */
export function byMonth<T extends { created_at: string }>(items: readonly T[], locale: string, now: number): Month<T>[] {
  const name = new Intl.DateTimeFormat(locale, { month: "long" });
  const months: Month<T>[] = [];
  for (const item of items) {
    const at = new Date(item.created_at);
    const key = `${at.getFullYear()}-${at.getMonth()}`;
    const last = months.at(-1);
    if (last?.key === key) {
      last.items.push(item);
      continue;
    }
    const month = name.format(at);
    const title = month.slice(0, 1).toLocaleUpperCase(locale) + month.slice(1);
    const year = at.getFullYear() === new Date(now).getFullYear() ? "" : ` ${at.getFullYear()}`;
    months.push({ key, title: title + year, items: [item] });
  }
  return months;
}
