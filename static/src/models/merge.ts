// Two people's changes of one list, laid together by what both had seen before. Pure.

import type { ChecklistItem } from "./types.ts";

export interface Merged<T> {
  value: T;
  /** Both changed the same, differently: somebody has to decide. What is here is one's own. */
  clash: boolean;
}

type Items = readonly ChecklistItem[];

/**
 * A checklist, item by item: what only one of the two has changed is as that one left it. What one
 * removed and the other changed stays. Without a base nothing counts as removed or unticked.
 */
export function mergeChecklists(base: Items | null, mine: Items, theirs: Items): Merged<ChecklistItem[]> {
  const [before, own, others] = [base ?? [], mine, theirs].map(byId) as [ById, ById, ById];
  let clash = false;
  const value = orderOf(base ?? [], mine, theirs).flatMap((id) => {
    const [was, one, other] = [before.get(id), own.get(id), others.get(id)];
    if (one === undefined || other === undefined) {
      const left = one ?? other;
      // Gone on one side: for good, unless the other changed it or has just made it.
      return left === undefined || (was !== undefined && equal(was, left)) ? [] : [left];
    }
    const text = chosen(was?.text, one.text, other.text);
    clash ||= text.clash;
    const done = was === undefined ? one.done || other.done : chosen(was.done, one.done, other.done).value;
    return [{ ...other, ...one, text: text.value, done }];
  });
  return { value, clash };
}

/** Labels: what one of the two has added or taken away. */
export function mergeLabels(base: readonly string[] | null, mine: readonly string[], theirs: readonly string[]): string[] {
  const before = base ?? [];
  const kept = theirs.filter((label) => mine.includes(label) || !before.includes(label));
  return [...kept, ...mine.filter((label) => !kept.includes(label) && !before.includes(label))];
}

type ById = Map<string, ChecklistItem>;

function byId(items: Items): ById {
  return new Map(items.map((item) => [item.id, item]));
}

function chosen<T>(was: T | undefined, mine: T, theirs: T): Merged<T> {
  if (mine === was) return { value: theirs, clash: false };
  return { value: mine, clash: theirs !== was && theirs !== mine };
}

function equal(one: ChecklistItem, other: ChecklistItem): boolean {
  return one.text === other.text && one.done === other.done;
}

/** Theirs, unless oneself has put the items into another order; new ones after what they followed. */
function orderOf(base: Items, mine: Items, theirs: Items): string[] {
  const [before, own, others] = [base, mine, theirs].map((items) => items.map(({ id }) => id)) as [Ids, Ids, Ids];
  const common = before.filter((id) => own.includes(id));
  const moved = own.filter((id) => before.includes(id)).some((id, at) => id !== common[at]);
  return moved ? woven(own, others) : woven(others, own);
}

type Ids = string[];

function woven(ids: Ids, added: Ids): Ids {
  const all = [...ids];
  for (const [at, id] of added.entries()) {
    if (all.includes(id)) continue;
    all.splice(at === 0 ? 0 : all.indexOf(added[at - 1] as string) + 1, 0, id);
  }
  return all;
}
