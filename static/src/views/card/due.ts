// What a due date means today: how near it is, and the days behind the plain words. Pure.

import type { Due } from "../../models/types.ts";

export type Nearness = "overdue" | "today" | "soon" | "later";
export type DueWord = "today" | "tomorrow" | "next_week";

const SOON_DAYS = 2;

/** A day as the calendar here has it: 2026-12-01. */
export function dayOf(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export function plusDays(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
}

/** The day it is due on, here. */
export function dueDay(due: Due): string {
  return "date" in due ? due.date : dayOf(new Date(due.at));
}

/** The time it is due at, here; empty when any time of the day will do. */
export function dueTime(due: Due): string {
  if ("date" in due) return "";
  const at = new Date(due.at);
  return `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
}

export function nearness(due: Due, now: Date): Nearness {
  const day = dueDay(due);
  const today = dayOf(now);
  if (day < today || ("at" in due && Date.parse(due.at) < now.getTime())) return "overdue";
  if (day === today) return "today";
  return day <= dayOf(plusDays(now, SOON_DAYS)) ? "soon" : "later";
}

/** The day that is meant; next week begins on its Monday. */
export function dayFor(word: DueWord, now: Date): string {
  if (word === "today") return dayOf(now);
  if (word === "tomorrow") return dayOf(plusDays(now, 1));
  return dayOf(plusDays(now, ((8 - now.getDay()) % 7) || 7));
}

/** A due date from what two fields hold; null without a day. */
export function dueFrom(day: string, time: string, zone: string): Due | null {
  if (day === "") return null;
  if (time === "") return { date: day };
  return { at: new Date(`${day}T${time}`).toISOString(), zone };
}
