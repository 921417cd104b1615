// Started with the system, without a window. Electron does it on Windows and macOS; Linux has a folder
// for it (Desktop Application Autostart Specification).

import { join } from "node:path";
import type { Machine, Modules } from "./electron.ts";
import { remove, writeWhole } from "./files.ts";

export const HIDDEN = "--hidden";

export function startWithSystem(app: Modules["app"], machine: Machine, on: boolean): void {
  if (machine.platform !== "linux") {
    app.setLoginItemSettings({ openAtLogin: on, args: [HIDDEN] });
    return;
  }
  const home = machine.env["XDG_CONFIG_HOME"] ?? join(machine.env["HOME"] ?? "", ".config");
  const path = join(home, "autostart", "messenger.desktop");
  if (!on) return remove(path);
  // An AppImage is mounted elsewhere each time: its own path is the one to start.
  const program = machine.env["APPIMAGE"] ?? machine.execPath;
  writeWhole(path, `[Desktop Entry]\nType=Application\nName=Messenger\nExec=${quoted(program)} ${HIDDEN}\nX-GNOME-Autostart-enabled=true\n`);
}

/** As the Desktop Entry Specification has it for `Exec`. */
function quoted(path: string): string {
  return `"${path.replace(/[\\"`$]/g, "\\$&").replaceAll("%", "%%")}"`;
}

export function isStartedHidden(app: Modules["app"], machine: Machine): boolean {
  return machine.argv.includes(HIDDEN) || (machine.platform === "darwin" && app.getLoginItemSettings().wasOpenedAtLogin === true);
}
