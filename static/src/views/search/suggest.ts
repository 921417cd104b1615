// What can follow what is being typed: operators by their first letters, and what may stand behind each.

import { type Filter, nameIn, type Op, OPERATORS, piecesOf, VALUES, valueOf, written } from "../../lib/search/query.ts";
import type { Key, Words } from "../../lib/locale.ts";
import type { Account } from "../../models/account.ts";
import { chatsOf, peopleOf } from "../../models/search/wanting.ts";
import { titleOf } from "../chat/title.ts";
import { score } from "../switcher/match.ts";

export interface Suggestion {
  /** What stands in the place of the last piece. */
  text: string;
  /** It is whole: a chip. */
  whole: boolean;
  op: Op;
  label: string;
  more?: string | undefined;
  user_id?: number;
}

const DAYS = {
  ru: ["сегодня", "вчера", "неделя", "месяц"],
  en: ["today", "yesterday", "week", "month"],
};
const PEOPLE = 6;

/** How an operator's name is said where it stands in a chip. */
export function opName(op: Op, { t }: Words): string {
  return t(`search.op.${op}` as Key);
}

/** What the last piece of a text may become; nothing behind a space. */
export function suggestionsOf(text: string, account: Account, words: Words): Suggestion[] {
  const last = piecesOf(text).at(-1);
  if (last === undefined || last.to < text.length) return [];
  if (last.kind === "filter") return valuesOf(last, account, words);
  if (last.kind !== "word" || last.text.length < 2) return [];
  return operatorsOf(last.text.toLowerCase(), last.not, words);
}

function operatorsOf(begun: string, not: boolean, words: Words): Suggestion[] {
  const locale = words.locale.peek();
  const ops = Object.entries(OPERATORS) as [Op, (typeof OPERATORS)[Op]][];
  return ops.flatMap(([op, { en, ru }]) => {
    if (!`${en} ${ru}`.split(" ").some((name) => name.startsWith(begun))) return [];
    const text = written(op, "", locale, not);
    return [{ op, text, whole: false, label: text, more: words.t(`search.hint.${op}` as Key) }];
  });
}

function valuesOf({ op, value, not }: Filter, account: Account, words: Words): Suggestion[] {
  const locale = words.locale.peek();
  const make = (written_: string, label: string, more: Partial<Suggestion> = {}): Suggestion => ({
    op,
    whole: true,
    text: written(op, written_, locale, not),
    label,
    ...more,
  });
  const language = locale === "ru" ? "ru" : "en";
  if (op === "from") return people(value, account).map(({ id, username, display_name }) =>
    make(`@${username}`, display_name, { user_id: id, more: `@${username}` }));
  if (op === "in") return chats(value, account, words).map(({ id, title }) => make(String(id), title));
  if (op === "label") return labels(value, account).map((label) => make(label, label));
  if (op in VALUES) {
    const known = Object.values<Record<"en" | "ru", string>>(VALUES[op as keyof typeof VALUES]);
    const names = known.map((each) => nameIn(locale, each));
    return names.filter((name) => name.startsWith(value.toLowerCase())).map((name) => make(name, name));
  }
  return DAYS[language].filter((day) => day.startsWith(value.toLowerCase())).map((day) => make(day, day));
}

function people(value: string, { people: all, user_id }: Account) {
  const wanted = value.replace(/^@/, "");
  const found = all.all.peek().map((user) => ({
    user,
    rank: Math.max(score(user.display_name, wanted), score(user.username, wanted)) + (user.id === user_id ? -0.5 : 0),
  }));
  return found
    .filter(({ rank }) => rank > 0)
    .sort((one, other) => other.rank - one.rank)
    .slice(0, PEOPLE)
    .map(({ user }) => user);
}

function chats(value: string, { chats: all }: Account, words: Words) {
  return all.list
    .peek()
    .map((entry) => ({ id: entry.id, title: titleOf(entry, words), rank: score(titleOf(entry, words), value) }))
    .filter(({ rank }) => rank > 0)
    .sort((one, other) => other.rank - one.rank)
    .slice(0, PEOPLE);
}

function labels(value: string, { tasks }: Account): string[] {
  const all = new Set(tasks.all.peek().flatMap((task) => task.labels));
  return [...all].filter((label) => score(label, value) > 0).slice(0, PEOPLE);
}

/** What a chip says: names of people and chats instead of what stands for them. */
export function chipValue({ op, value }: Filter, account: Account, words: Words): string {
  const { people: users, chats: all, user_id: own } = account;
  const known = { people: users.all.value, chats: all.list.value, own };
  if (op === "from") {
    const [id, ...others] = peopleOf(value, known);
    return id === undefined || others.length > 0 ? value : users.name(id);
  }
  if (op === "in") {
    const [id, ...others] = chatsOf(value, known);
    const entry = id === undefined || others.length > 0 ? null : all.of(id).value;
    return entry === null ? value : titleOf(entry, words);
  }
  if (!(op in VALUES)) return value;
  const name = valueOf(op as keyof typeof VALUES, value);
  const values: Record<string, Record<"en" | "ru", string>> = VALUES[op as keyof typeof VALUES];
  const found = name === null ? undefined : values[name];
  return found === undefined ? value : nameIn(words.locale.value, found);
}
