// How the program begins: once, with its scheme, and with what it was opened by.

import { LINK, linkOf } from "./address.ts";
import type { Machine, Modules } from "./electron.ts";
import { preset } from "./preset.ts";
import { type Extras, Program } from "./program.ts";
import { registerScheme } from "./scheme.ts";

/** Begin; null where another one of us runs already, which opens what was asked of this one. */
export function begin(modules: Modules, machine: Machine, extras: Extras): Promise<Program> | null {
  const { app } = modules;
  app.setName("Messenger");
  app.setAppUserModelId("org.messenger.desktop");
  app.enableSandbox();
  registerScheme(modules.protocol);
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return null;
  }
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK);
  // Before anything is ready: macOS hands over what it was opened by at once.
  const early: string[] = [];
  let program: Program | null = null;
  app.on("open-url", (event, url) => {
    event.preventDefault();
    if (program === null) early.push(url);
    else program.open(linkOf(url));
  });
  return app.whenReady().then(async () => {
    try {
      const made = new Program(modules, machine, extras, await preset(machine, modules.systemPreferences));
      extras.unexpected((error) => made.log.warn("something was not expected", { error: kindOf(error), at: placeIn(error) }));
      await made.start();
      program = made;
      for (const url of early) made.open(linkOf(url));
      return made;
    } catch (error) {
      // Without a word it would be a process that nobody sees: no room on the disk, a folder of another's.
      modules.dialog.showErrorBox("Messenger", error instanceof Error ? error.message : String(error));
      app.exit(1);
      throw error;
    }
  });
}

function kindOf(error: unknown): string {
  return error instanceof Error ? `${error.name} ${(error as NodeJS.ErrnoException).code ?? ""}`.trim() : typeof error;
}

/** Where in our own code, without what was said: that may be a person's. */
function placeIn(error: unknown): string {
  return /\bat (?:async )?([\w.#<> ]{1,60}) \(/.exec(error instanceof Error ? (error.stack ?? "") : "")?.[1] ?? "";
}
