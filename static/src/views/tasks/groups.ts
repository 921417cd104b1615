// One's own tasks by when they are due, in the order one looks at them. Pure.

import type { TaskView } from "../../models/overlays/tasks.ts";
import { nearness } from "../card/due.ts";

export const GROUPS = ["overdue", "today", "later", "none"] as const;
export type Group = (typeof GROUPS)[number];

export function groupOf(task: TaskView, now: Date): Group {
  if (task.due === null) return "none";
  const near = nearness(task.due, now);
  return near === "soon" ? "later" : near;
}

/** Each group that has something in it; the order inside stays. */
export function grouped(tasks: TaskView[], now: Date): { group: Group; tasks: TaskView[] }[] {
  const found = Map.groupBy(tasks, (task) => groupOf(task, now));
  return GROUPS.flatMap((group) => {
    const own = found.get(group);
    return own === undefined ? [] : [{ group, tasks: own }];
  });
}
