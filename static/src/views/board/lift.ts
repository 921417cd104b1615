// A card in the hand of somebody who uses keys: where it would go, step by step. Pure.

import type { ColumnView, TaskView } from "../../models/overlays/tasks.ts";

export interface Lift {
  task: TaskView;
  from: Spot;
  at: Spot;
}

/** A place on the board: a column, and how many cards stand before it there. */
export interface Spot {
  column: number;
  index: number;
}

export type Step = "up" | "down" | "left" | "right";

export function spotOf(columns: ColumnView[], id: number): Spot | null {
  for (const [column, { tasks }] of columns.entries()) {
    const index = tasks.findIndex((task) => task.id === id);
    if (index !== -1) return { column, index };
  }
  return null;
}

/** The columns as they would be, with the card where it is held. */
export function lifted(columns: ColumnView[], { task, at }: Lift): ColumnView[] {
  return columns.map(({ column, tasks }, index) => {
    const others = tasks.filter((each) => each.id !== task.id);
    return { column, tasks: index === at.column ? others.toSpliced(at.index, 0, task) : others };
  });
}

/** One step further; the same spot at the edge of the board. */
export function stepped(columns: ColumnView[], { task, at }: Lift, step: Step): Spot {
  const room = (column: number): number =>
    columns[column]?.tasks.filter((each) => each.id !== task.id).length ?? 0;
  if (step === "up") return { ...at, index: Math.max(0, at.index - 1) };
  if (step === "down") return { ...at, index: Math.min(room(at.column), at.index + 1) };
  const column = at.column + (step === "left" ? -1 : 1);
  if (column < 0 || column >= columns.length) return at;
  return { column, index: Math.min(at.index, room(column)) };
}

/**
 * The card that one put at a spot among shown cards stands before: null is the end. Hidden cards
 * that follow the shown one before the spot stay behind what is put there.
 */
export function cardAfter(all: TaskView[], shown: TaskView[], index: number, id: number): number | null {
  const rest = shown.filter((task) => task.id !== id);
  const next = rest[index];
  if (next !== undefined) return next.id;
  const last = rest.at(-1);
  const others = all.filter((task) => task.id !== id);
  const place = last === undefined ? -1 : others.findIndex((task) => task.id === last.id);
  return place === -1 ? null : (others[place + 1]?.id ?? null);
}
