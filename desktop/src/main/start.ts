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
    const made = new Program(modules, machine, extras, await preset(machine, modules.systemPreferences));
    await made.start();
    program = made;
    for (const url of early) made.open(linkOf(url));
    return made;
  });
}
