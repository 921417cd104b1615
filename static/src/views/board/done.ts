// Which done cards of a column are here, and how the others are come by. Pure.

import { DONE_AT_ONCE } from "../../models/snapshots.ts";
import type { Task } from "../../models/types.ts";

type Card = Pick<Task, "id" | "closed_at">;

/** How far a column's done cards were asked for: where the list goes on, or that it is over. */
export interface MoreDone {
  next: string | null;
  over: boolean;
}

export const NOTHING_ASKED: MoreDone = { next: null, over: false };

/** Whether as many are here as come with a board: then there may be others. */
export function isFull(cards: Card[]): boolean {
  return doneHere(cards).size >= DONE_AT_ONCE;
}

export function doneHere(cards: Card[]): Set<number> {
  return new Set(cards.filter(({ closed_at }) => closed_at !== null).map(({ id }) => id));
}

type Ask = (next: string | null) => Promise<{ data: Task[]; next: unknown }>;

/** The next tasks of the list, from where it was left: pages of those that are here are passed by. */
export async function older(ask: Ask, here: Set<number>, from: MoreDone): Promise<MoreDone & { tasks: Task[] }> {
  let { next } = from;
  for (;;) {
    const page = await ask(next);
    next = page.next as string | null;
    const over = next === null;
    if (over || page.data.some(({ id }) => !here.has(id))) return { tasks: page.data, next, over };
  }
}
