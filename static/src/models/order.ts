// Things that stand in an order of positions: tasks in a column, columns on a board. Pure.

import { between, compare } from "../lib/positions.ts";

export interface Placed {
  id: number;
  position: string | null;
}

export function byPosition(one: Placed, other: Placed): number {
  return compare(one.position, other.position) || one.id - other.id;
}

/** A position right before one of them, or at the end. */
export function placeIn(order: Placed[], before: number | null, moved: number): string {
  const others = order.filter((each) => each.id !== moved).sort(byPosition);
  const at = before === null ? -1 : others.findIndex((each) => each.id === before);
  const place = at === -1 ? others.length : at;
  return between(others[place - 1]?.position ?? null, others[place]?.position ?? null);
}
