// From what was typed to what is asked of the local data: names of people and chats, words and days become
// numbers. Pure.

import { spanOf } from "../../lib/search/days.ts";
import { wordsIn } from "../../lib/search/matching.ts";
import { type Filter, piecesOf, valueOf } from "../../lib/search/query.ts";
import { fold } from "../../lib/search/words.ts";
import type { ChatEntry } from "../entries.ts";
import type { User } from "../types.ts";
import { EVERYTHING, type HitKind, type Wanted } from "./hits.ts";

export interface Known {
  people: readonly User[];
  chats: readonly ChatEntry[];
  own: number;
  now: Date;
}

const MYSELF = new Set(["me", "меня", "я", "@me"]);

/** Null: it asks for somebody, something or a day that is not known here. */
export function wantedOf(q: string, kind: HitKind | null, known: Known): Wanted | null {
  const wanted: Wanted = { ...structuredClone(EVERYTHING), words: wordsIn(q, true), own: known.own, kind };
  for (const piece of piecesOf(q)) {
    if (piece.kind === "filter" && piece.value !== "" && !narrow(wanted, piece, known)) return null;
  }
  return wanted;
}

/** Whether it asks for anything at all. */
export function asksNothing(wanted: Wanted): boolean {
  const { words, kind: _kind, own: _own, ...rest } = wanted;
  const { kind: _any, ...all } = EVERYTHING;
  return words.all.length === 0 && JSON.stringify(rest) === JSON.stringify(all) && rest.until === all.until && rest.since === all.since;
}

function narrow(wanted: Wanted, { op, value, not }: Filter, known: Known): boolean {
  switch (op) {
    case "from": {
      const ids = peopleOf(value, known);
      if (not) wanted.not_from.push(...ids);
      else wanted.from = both(wanted.from, ids);
      return ids.length > 0;
    }
    case "in": {
      const ids = chatsOf(value, known);
      if (not) wanted.not_chats.push(...ids);
      else wanted.chats = both(wanted.chats, ids);
      return ids.length > 0;
    }
    case "has":
    case "is": {
      const what = valueOf(op, value);
      if (what !== null) wanted[not ? (`not_${op}` as const) : op].push(what);
      return what !== null;
    }
    case "label":
      wanted.labels.push(value);
      return !not;
    case "type":
      wanted.kind = valueOf(op, value) as HitKind | null;
      return wanted.kind !== null && !not;
    case "due":
      return !not && narrowDue(wanted, value, known.now);
    default:
      return !not && narrowDays(wanted, op, value, known.now);
  }
}

function narrowDays(wanted: Wanted, op: "before" | "after" | "on", value: string, now: Date): boolean {
  const span = spanOf(value, now);
  if (span === null) return false;
  if (op !== "before") wanted.since = Math.max(wanted.since, span.from);
  if (op === "before") wanted.until = Math.min(wanted.until, span.from);
  if (op === "on") wanted.until = Math.min(wanted.until, span.to);
  return true;
}

function narrowDue(wanted: Wanted, value: string, now: Date): boolean {
  const what = valueOf("due", value);
  const day = (add: number): string => dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() + add));
  if (what === "none") wanted.due = "none";
  else if (what === "overdue") wanted.due = { from: "", to: day(0) };
  else if (what !== null) wanted.due = what === "today" ? { from: day(0), to: day(1) } : { from: day(1), to: day(2) };
  else {
    const span = spanOf(value, now);
    if (span === null) return false;
    wanted.due = { from: dayOf(new Date(span.from)), to: dayOf(new Date(span.to)) };
  }
  return true;
}

function dayOf(date: Date): string {
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

export function peopleOf(value: string, { people, own }: Pick<Known, "people" | "own">): number[] {
  const wanted = fold(value.replace(/^@/, "").trim());
  if (MYSELF.has(value.trim().toLowerCase())) return [own];
  const named = people.filter(({ username }) => fold(username) === wanted);
  if (named.length > 0) return named.map(({ id }) => id);
  return people.filter(({ display_name }) => hasWords(display_name, wanted)).map(({ id }) => id);
}

export function chatsOf(value: string, known: Pick<Known, "people" | "chats" | "own">): number[] {
  if (/^\d+$/.test(value)) return known.chats.filter(({ id }) => id === Number(value)).map(({ id }) => id);
  if (value.startsWith("@")) {
    const ids = peopleOf(value, known);
    return known.chats.filter(({ other }) => other !== null && ids.includes(other.id)).map(({ id }) => id);
  }
  return known.chats.filter(({ title }) => hasWords(title, fold(value))).map(({ id }) => id);
}

/** Each word of the second is the beginning of one of the first. */
function hasWords(text: string, wanted: string): boolean {
  const words = fold(text).split(/[^\p{L}\p{N}]+/u);
  const asked = wanted.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  return asked.length > 0 && asked.every((part) => words.some((word) => word.startsWith(part)));
}

function both(one: number[] | null, other: number[]): number[] {
  return one === null ? other : one.filter((id) => other.includes(id));
}
