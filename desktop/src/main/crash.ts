// A page whose process died comes back where it was, and says so; not for ever, if it dies each time.

import type { Window } from "./electron.ts";
import type { Log } from "./log.ts";
import { isOwn } from "./security.ts";

const MOST = 3;
const WITHIN_MS = 60_000;

export interface CrashParts {
  window: Window;
  origin: string;
  log: Log;
  now: () => number;
  /** It died again and again: somebody has to decide. Resolves to whether it is to be tried once more. */
  giveUp: () => Promise<boolean>;
  crashed: () => void;
}

export function reviveAfterCrash({ window, origin, log, now, giveUp, crashed }: CrashParts): void {
  const { webContents } = window;
  let times: number[] = [];
  let place = `${origin}/`;
  const remember = (url: string, isMain = true): void => {
    if (isMain && isOwn(url, origin)) place = url;
  };
  webContents.on("did-navigate", (_event, url) => remember(url));
  webContents.on("did-navigate-in-page", (_event, url, isMain) => remember(url, isMain));
  const revive = (): void => {
    crashed();
    // Not `reload`: of a process that is gone it loads what it had when it was started.
    void window.loadURL(place).catch(() => log.warn("the page could not be loaded again"));
  };
  webContents.on("render-process-gone", (_event, { reason, exitCode }) => {
    log.warn("a page's process ended", { reason, exitCode });
    if (reason === "clean-exit") return;
    times = [...times.filter((time) => now() - time < WITHIN_MS), now()];
    if (times.length <= MOST) return revive();
    times = [];
    void giveUp().then((again) => again && revive());
  });
  window.on("unresponsive", () => log.warn("a page does not answer"));
  window.on("responsive", () => log.info("a page answers again"));
}
