// What an administrator should look at, the worst first. What is well is not said.

import type { Key, Values } from "../../lib/locale.ts";
import type { Condition, DataState, Job } from "../../models/types.ts";

export interface Concern {
  key: Key;
  values: Values;
  /** Where it can be mended, or seen; null: not on these pages. */
  section: "data" | "chats" | "doctor" | null;
  /** Something is lost, or soon will be. */
  bad: boolean;
}

const LITTLE = 0.05;
const LOW = 0.15;

export function concernsOf(shown: {
  condition: Pick<Condition, "minutes" | "disk_total" | "leaderless" | "degraded">;
  data: Pick<DataState, "free" | "old" | "daily" | "backups" | "same_disk">;
  jobs: Pick<Job, "name" | "last">[];
}): Concern[] {
  const { condition, data, jobs } = shown;
  const found: (Concern | false)[] = [];
  const add = (when: boolean, key: Key, section: Concern["section"], bad: boolean, values: Values = {}): void => {
    found.push(when && { key, values, section, bad });
  };
  const free = condition.disk_total > 0 ? data.free / condition.disk_total : 1;
  add(free < LITTLE, "health.disk_full", "data", true, { percent: Math.round(free * 100) });
  add(data.old, "data.bad", "data", true);
  add(condition.degraded.length > 0, "health.degraded", "doctor", true, { tasks: condition.degraded.join("\n") });
  const failed = jobs.filter(({ last }) => last?.outcome === "failed").map(({ name }) => name);
  add(failed.length > 0, "health.failed", "doctor", true, { tasks: failed.join("\n") });
  add(!data.daily, "data.off", "data", false);
  add(data.daily && data.backups.length === 0, "data.first", "data", false);
  add(free >= LITTLE && free < LOW, "health.disk_low", "data", false, { percent: Math.round(free * 100) });
  add(condition.leaderless > 0, "health.leaderless", "chats", false, { count: condition.leaderless });
  const beside = jobs.find(({ name, last }) => name === "beside" && last?.outcome === null)?.last;
  const percent = Math.round((beside?.progress ?? 0) * 100);
  add(beside !== undefined, "health.beside", null, false, { percent });
  const concerns = found.filter((each) => each !== false);
  return [...concerns.filter(({ bad }) => bad), ...concerns.filter(({ bad }) => !bad)];
}
