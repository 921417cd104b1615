import assert from "node:assert/strict";
import { test } from "node:test";
import { taskNames } from "./task-names.ts";

test("a job and the task that runs it are one thing, and what is new keeps its name", () => {
  const said = taskNames(["job backup", "backup", "mails", "push cursors", "of tomorrow"], (key) => key);
  assert.equal(said, "health.task.backup, health.task.mail, health.task.push, of tomorrow");
});
