// The sign beside the clock: whether something is unread, whether there is a connection, and the way
// back to a hidden window.

import { join } from "node:path";
import type { Modules, TrayIcon } from "./electron.ts";
import type { Act } from "./menu.ts";
import type { State } from "../shared/messages.ts";
import type { Words } from "./words.ts";

export interface TrayParts {
  modules: Modules;
  dist: string;
  words: Words;
  servers: () => { id: string; name: string; unread: number }[];
  show: (id: string | null) => void;
  act: (act: Act) => void;
  mayAdd: boolean;
  quit: () => void;
}

export class Tray {
  readonly #parts: TrayParts;
  readonly #icon: TrayIcon;

  constructor(parts: TrayParts) {
    this.#parts = parts;
    this.#icon = new parts.modules.Tray(this.#picture("tray"));
    this.#icon.on("click", () => parts.show(null));
    this.update(0, "offline");
  }

  /** Say anew how it stands. */
  update(unread: number, link: State["link"]): void {
    const { words, modules, servers, show, act, mayAdd, quit } = this.#parts;
    const { t } = words;
    const down = link === "offline" || link === "connecting";
    this.#icon.setImage(this.#picture(down ? "tray-offline" : unread > 0 ? "tray-unread" : "tray"));
    const lines = [t("desktop.name"), unread > 0 ? t("desktop.unread", { count: unread }) : "", down ? t("desktop.offline") : ""];
    this.#icon.setToolTip(lines.filter((line) => line !== "").join("\n"));
    const all = servers().map(({ id, name, unread: own }) => ({ label: own > 0 ? `${name} (${own})` : name, click: () => show(id) }));
    this.#icon.setContextMenu(
      modules.Menu.buildFromTemplate([
        { label: t("desktop.show"), click: () => show(null) },
        ...(all.length > 1 ? [{ type: "separator" as const }, ...all] : []),
        { type: "separator" },
        // A menu bar that hides is found by few, least of all by who has no connection.
        ...(mayAdd ? [{ label: t("desktop.add_server"), click: () => act("add") }] : []),
        { label: t("desktop.diagnose"), click: () => act("diagnose") },
        { type: "separator" },
        { label: t("desktop.quit"), click: quit },
      ]) as never,
    );
  }

  destroy(): void {
    this.#icon.destroy();
  }

  #picture(name: string) {
    return this.#parts.modules.nativeImage.createFromPath(join(this.#parts.dist, "icons", `${name}.png`)) as never;
  }
}
