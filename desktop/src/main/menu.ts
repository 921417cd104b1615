// The program's own menu: servers, what a person sets for this machine, zoom, finding, help.

import type { MenuItemConstructorOptions } from "electron";
import type { Machine } from "./electron.ts";
import type { Chosen } from "./preferences.ts";
import type { Words } from "./words.ts";

export const SHORTCUT = "CommandOrControl+Shift+M";

export interface MenuParts {
  words: Words;
  platform: Machine["platform"];
  chosen: Readonly<Chosen>;
  servers: readonly { id: string; name: string; unread: number }[];
  mayAdd: boolean;
  updates: boolean;
  act: (act: Act, value?: string | boolean | number) => void;
}

export type Act =
  | "show"
  | "add"
  | "autostart"
  | "tray"
  | "shortcut"
  | "spelling"
  | "downloads"
  | "zoom"
  | "find"
  | "reload"
  | "diagnose"
  | "log"
  | "update"
  | "quit";

export function programMenu({ words: { t }, platform, chosen, servers, mayAdd, updates, act }: MenuParts): MenuItemConstructorOptions[] {
  const switched = (name: "autostart" | "tray" | "shortcut" | "spelling"): MenuItemConstructorOptions => ({
    label: t(`desktop.${name}`),
    type: "checkbox",
    checked: chosen[name],
    click: () => act(name, !chosen[name]),
  });
  const item = (label: string, name: Act, accelerator?: string, value?: number): MenuItemConstructorOptions => ({
    label,
    click: () => act(name, value),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  const each = servers.map(({ id, name, unread }, index) => ({
    label: unread > 0 ? `${name} (${unread})` : name,
    click: () => act("show", id),
    ...(index < 9 ? { accelerator: `CommandOrControl+Alt+${index + 1}` } : {}),
  }));
  return [
    {
      label: t("desktop.name"),
      submenu: [
        ...each,
        ...(mayAdd ? [item(t("desktop.add_server"), "add")] : []),
        { type: "separator" },
        switched("autostart"),
        switched("tray"),
        switched("shortcut"),
        switched("spelling"),
        {
          label: t("desktop.ask_where"),
          type: "checkbox",
          checked: chosen.downloads === null,
          click: () => act("downloads", chosen.downloads !== null),
        },
        { type: "separator" },
        item(t("desktop.quit"), "quit", platform === "darwin" ? "Command+Q" : "Control+Q"),
      ],
    },
    {
      label: t("desktop.edit"),
      submenu: [
        { role: "undo", label: t("desktop.undo") },
        { role: "redo", label: t("desktop.redo") },
        { type: "separator" },
        { role: "cut", label: t("desktop.cut") },
        { role: "copy", label: t("desktop.copy") },
        { role: "paste", label: t("desktop.paste") },
        { role: "selectAll", label: t("desktop.select_all") },
        { type: "separator" },
        item(t("desktop.find"), "find", "CommandOrControl+F"),
      ],
    },
    {
      label: t("desktop.view"),
      submenu: [
        item(t("desktop.zoom_in"), "zoom", "CommandOrControl+Plus", 1),
        item(t("desktop.zoom_out"), "zoom", "CommandOrControl+-", -1),
        item(t("desktop.zoom_reset"), "zoom", "CommandOrControl+0", 0),
        { role: "togglefullscreen", label: t("desktop.fullscreen") },
        { type: "separator" },
        item(t("desktop.reload"), "reload", "CommandOrControl+R"),
      ],
    },
    {
      label: t("desktop.help"),
      submenu: [item(t("desktop.diagnose"), "diagnose"), item(t("desktop.show_log"), "log"), ...(updates ? [item(t("desktop.look_for_update"), "update")] : [])],
    },
  ];
}

const FURTHEST = 4;

/** The zoom after one step in a direction; 0 goes back to the usual. */
export function zoomed(level: number, step: number): number {
  return step === 0 ? 0 : Math.max(-FURTHEST, Math.min(FURTHEST, level + step * 0.5));
}
