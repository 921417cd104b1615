// Hands Electron and this machine to `main/start.ts`, and nothing else: what is here no test reaches.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as electron from "electron";
import { begin } from "./main/start.ts";
import type { Updater } from "./main/updates.ts";

const run = promisify(execFile);

begin(
  electron,
  {
    argv: process.argv.slice(1),
    env: process.env,
    platform: process.platform,
    execPath: process.execPath,
    resources: process.resourcesPath ?? "",
    dist: import.meta.dirname,
    now: () => Date.now(),
    run: async (program, ...args) => (await run(program, args, { windowsHide: true })).stdout,
  },
  {
    updater: async () => (await import("electron-updater")).autoUpdater as unknown as Updater,
    every: (ms, work) => void setInterval(work, ms),
    unexpected: (told) => void process.on("uncaughtException", told).on("unhandledRejection", told),
  },
)?.catch(() => {});
