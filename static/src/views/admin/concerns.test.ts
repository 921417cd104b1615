import assert from "node:assert/strict";
import { test } from "node:test";
import { concernsOf } from "./concerns.ts";

const condition = { minutes: [], disk_total: 100, leaderless: 0, degraded: [] };
const data = { free: 50, old: false, daily: true, backups: [{}] as never[], same_disk: true };

const keys = (more: { condition?: object; data?: object; jobs?: object[] }): string[] =>
  concernsOf({
    condition: { ...condition, ...more.condition },
    data: { ...data, ...more.data },
    jobs: (more.jobs ?? []) as never[],
  }).map(({ key }) => key);

test("where all is well nothing is said", () => {
  assert.deepEqual(keys({ jobs: [{ name: "backup", last: { outcome: "done" } }, { name: "new", last: null }] }), []);
});

test("the worst comes first", () => {
  assert.deepEqual(
    keys({
      condition: { leaderless: 2, degraded: ["bus"] },
      data: { free: 3, old: true },
      jobs: [{ name: "backup", last: { outcome: "failed" } }],
    }),
    ["health.disk_full", "data.bad", "health.degraded", "health.failed", "health.leaderless"],
  );
  const beside = { name: "beside", last: { outcome: null, progress: 0.4, step: "files_of_chat" } };
  assert.deepEqual(keys({ jobs: [beside] }), ["health.beside"]);
  assert.deepEqual(keys({ data: { free: 10, daily: false, backups: [] } }), ["data.off", "health.disk_low"]);
});
