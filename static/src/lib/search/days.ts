// A day as people write it behind before:, after: and on:, in either language. Pure; in the local time zone.

/** From one moment to another, without that one; milliseconds since 1970. */
export interface Span {
  from: number;
  to: number;
}

const TODAY = ["today", "сегодня"];
const YESTERDAY = ["yesterday", "вчера"];
const WEEK = ["week", "неделя", "неделю"];
const MONTH = ["month", "месяц"];
const YEAR = ["year", "год"];
const WEEKDAYS = [
  ["sunday", "воскресенье"],
  ["monday", "понедельник"],
  ["tuesday", "вторник"],
  ["wednesday", "среда", "среду"],
  ["thursday", "четверг"],
  ["friday", "пятница", "пятницу"],
  ["saturday", "суббота", "субботу"],
];
const MONTHS = [
  ["jan", "янв"],
  ["feb", "фев"],
  ["mar", "мар"],
  ["apr", "апр"],
  ["may", "май", "мая"],
  ["jun", "июн"],
  ["jul", "июл"],
  ["aug", "авг"],
  ["sep", "сен"],
  ["oct", "окт"],
  ["nov", "ноя"],
  ["dec", "дек"],
];

/** The day, week, month or year that is meant; null when it is none that is known here. */
export function spanOf(text: string, now: Date): Span | null {
  const said = text.trim().toLowerCase().replaceAll("ё", "е");
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  if (TODAY.includes(said)) return days(year, month, day, 1);
  if (YESTERDAY.includes(said)) return days(year, month, day - 1, 1);
  if (WEEK.includes(said)) return days(year, month, day - ((now.getDay() + 6) % 7), 7);
  if (MONTH.includes(said)) return months(year, month, 1);
  if (YEAR.includes(said)) return months(year, 0, 12);
  const weekday = WEEKDAYS.findIndex((names) => names.includes(said));
  if (weekday >= 0) return days(year, month, day - ((now.getDay() - weekday + 7) % 7), 1);
  return written(said, year, month) ?? named(said, year, month);
}

function written(said: string, thisYear: number, thisMonth: number): Span | null {
  const iso = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/.exec(said);
  if (iso) return dated(Number(iso[1]), iso[2], iso[3]);
  const dotted = /^(\d{1,2})[./](\d{1,2})(?:[./](\d{2}|\d{4}))?$/.exec(said);
  if (dotted === null) return null;
  const [, day, month, year] = dotted;
  return dated(yearOf(year, Number(month) - 1, thisYear, thisMonth), month, day);
}

/** «март», «5 марта», March 5, with a year or without: then the last one there was. */
function named(said: string, thisYear: number, thisMonth: number): Span | null {
  const parts = said.split(/[\s,]+/).filter((part) => part !== "");
  const month = MONTHS.findIndex((names) => parts.some((part) => names.some((name) => part.startsWith(name))));
  const numbers = parts.filter((part) => /^\d+$/.test(part));
  if (month < 0 || parts.length !== numbers.length + 1 || numbers.length > 2) return null;
  const year = numbers.find((each) => each.length === 4);
  const day = numbers.find((each) => each.length < 3);
  if (numbers.length === 2 && (year === undefined || day === undefined)) return null;
  return dated(yearOf(year, month, thisYear, thisMonth), String(month + 1), day);
}

/** What was written lately is looked for: a month that is still to come is last year's. */
function yearOf(given: string | undefined, month: number, thisYear: number, thisMonth: number): number {
  if (given === undefined) return month > thisMonth ? thisYear - 1 : thisYear;
  return given.length === 2 ? 2000 + Number(given) : Number(given);
}

function dated(year: number, month: string | undefined, day: string | undefined): Span | null {
  if (month === undefined) return months(year, 0, 12);
  const at = Number(month) - 1;
  if (at < 0 || at > 11) return null;
  if (day === undefined) return months(year, at, 1);
  const exact = new Date(year, at, Number(day));
  return exact.getMonth() === at ? days(year, at, Number(day), 1) : null;
}

function days(year: number, month: number, day: number, count: number): Span {
  return { from: new Date(year, month, day).getTime(), to: new Date(year, month, day + count).getTime() };
}

function months(year: number, month: number, count: number): Span {
  return { from: new Date(year, month, 1).getTime(), to: new Date(year, month + count, 1).getTime() };
}
