// Newer versions: looked for only where somebody said where (a preset's `updates`, such as the server's
// own `/downloads`), taken only when they are signed as this one is, and put in place when the program
// is left. Nobody is made to.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { readBytes } from "./files.ts";
import type { Log } from "./log.ts";

/** The part of electron-updater that is used. */
export interface Updater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  allowDowngrade: boolean;
  disableWebInstaller: boolean;
  setFeedURL(feed: { provider: "generic"; url: string; channel: string }): void;
  checkForUpdates(): Promise<{ isUpdateAvailable: boolean; updateInfo: { version: string } } | null>;
  downloadUpdate(): Promise<unknown>;
  quitAndInstall(): void;
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** On Windows the publisher that a build was signed by stands beside it: without one nothing is compared. */
export function isSigned(resources: string): boolean {
  return /^publisherName:\s*\S/m.test(readBytes(join(resources, "app-update.yml"))?.toString() ?? "");
}

/** Whether the installer that updates are made of put this one here: what came as MSI is replaced by MSI. */
export function isOwnInstaller(program: string): boolean {
  return existsSync(join(dirname(program), "Uninstall Messenger.exe"));
}

const LOOK_EVERY_MS = 6 * 3_600_000;

export interface UpdatesParts {
  feed: string | null;
  isPackaged: boolean;
  /** Whether an update of ours fits what is installed here. */
  ours: boolean;
  /** Whether this program knows whose signature the next one must have. */
  verifies: boolean;
  /** Imported only when there is a place to look at. */
  updater: () => Promise<Updater>;
  log: Log;
  every: (ms: number, run: () => void) => void;
  /** Resolves to whether it is to be put in place now. */
  offer: (version: string) => Promise<boolean>;
}

/** Look now and then; the result looks at once, and says whether there is a newer version. */
export function followUpdates({ feed, isPackaged, ours, verifies, updater, log, every, offer }: UpdatesParts): (() => Promise<boolean>) | null {
  if (feed === null || !isPackaged || !feed.startsWith("https://")) return null;
  if (!ours) {
    log.info("newer versions come by the way this one was installed");
    return null;
  }
  if (!verifies) {
    log.warn("no newer version is looked for: this program is not signed");
    return null;
  }
  let ready: Promise<Updater> | null = null;
  let offered = "";
  const prepared = async (): Promise<Updater> => {
    const made = await updater();
    // What is newer is offered, and staged by the share its `latest.yml` names; electron-updater checks
    // the publisher's signature before it starts an installer.
    made.autoDownload = false;
    made.autoInstallOnAppQuit = true;
    made.allowDowngrade = false;
    made.disableWebInstaller = true;
    made.setFeedURL({ provider: "generic", url: feed, channel: "latest" });
    made.on("error", (error) => log.warn("looking for a newer version failed", { error: error.name }));
    return made;
  };
  const look = async (): Promise<boolean> => {
    try {
      const found = await (ready ??= prepared());
      const answer = await found.checkForUpdates();
      if (answer === null || !answer.isUpdateAvailable) return false;
      const { version } = answer.updateInfo;
      await found.downloadUpdate();
      if (offered !== version) {
        offered = version;
        if (await offer(version)) found.quitAndInstall();
      }
      return true;
    } catch (error) {
      log.warn("no newer version could be had", { error: error instanceof Error ? error.name : "unknown" });
      return false;
    }
  };
  every(LOOK_EVERY_MS, () => void look());
  void look();
  return look;
}
