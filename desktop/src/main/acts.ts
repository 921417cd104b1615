// What a person does in the program's menu, and what follows from what they chose.

import { startWithSystem } from "./autostart.ts";
import { type Act, SHORTCUT, zoomed } from "./menu.ts";
import type { Chosen } from "./preferences.ts";
import type { Program } from "./program.ts";
import { followUpdates, isOwnInstaller, isSigned } from "./updates.ts";

export class Acts {
  readonly #program: Program;
  #update: (() => Promise<boolean>) | null = null;

  constructor(program: Program) {
    this.#program = program;
  }

  /** Whether newer versions are looked for. */
  get updates(): boolean {
    return this.#update !== null;
  }

  act(act: Act, value?: string | boolean | number): void {
    const { app, globalShortcut, shell } = this.#program.modules;
    const client = this.#program.clients.get(this.#program.shown ?? "");
    switch (act) {
      case "show":
        return this.#program.show(String(value));
      case "add":
        return this.#program.connect();
      case "autostart":
        startWithSystem(app, this.#program.machine, value === true);
        return this.choose({ autostart: value === true });
      case "tray":
        return this.choose({ tray: value === true });
      case "spelling":
        return this.choose({ spelling: value === true });
      case "downloads":
        return this.choose({ downloads: value === true ? null : app.getPath("downloads") });
      case "shortcut":
        globalShortcut.unregister(SHORTCUT);
        this.choose({ shortcut: value === true });
        return this.useShortcut();
      case "zoom":
        this.choose({ zoom: zoomed(this.#program.preferences.all.zoom, Number(value)) });
        return client?.window?.webContents.setZoomLevel(this.#program.preferences.all.zoom);
      case "find":
        return void this.#program.pages.show("find", {}, client?.window ?? null).then(() => this.#program.endFind());
      case "reload":
        return client?.window?.webContents.reload();
      case "diagnose":
        return void this.#program.pages.show("diagnose", {});
      case "log":
        return shell.showItemInFolder(this.#program.log.path);
      case "update":
        return void this.#update?.();
      case "quit":
        return this.#program.quit();
    }
  }

  choose(chosen: Partial<Chosen>): void {
    this.#program.preferences.set(chosen);
    this.#program.say();
  }

  useShortcut(): void {
    if (!this.#program.preferences.all.shortcut) return;
    const taken = !this.#program.modules.globalShortcut.register(SHORTCUT, () => this.#toggle());
    if (taken) this.#program.log.info("the shortcut is another program's");
  }

  #toggle(): void {
    const window = this.#program.clients.get(this.#program.shown ?? "")?.window;
    if (window?.isFocused()) window.hide();
    else this.#program.show(null);
  }

  /** Somebody clicked a site without encryption: why nothing happens, and a way on. */
  async sayUnencrypted(address: string): Promise<void> {
    const { dialog, clipboard } = this.#program.modules;
    const { t } = this.#program.words;
    const asked = await dialog.showMessageBox({
      type: "warning",
      message: t("desktop.unencrypted"),
      detail: address.slice(0, 300),
      buttons: [t("desktop.copy_link"), t("desktop.cancel")],
      defaultId: 1,
      cancelId: 1,
    });
    if (asked.response === 0) clipboard.writeText(address);
  }

  followUpdates(): void {
    const { app, dialog } = this.#program.modules;
    const { t } = this.#program.words;
    const { machine } = this.#program;
    this.#update = followUpdates({
      feed: this.#program.preset.updates,
      isPackaged: app.isPackaged,
      ours: machine.platform !== "win32" || isOwnInstaller(machine.execPath),
      verifies: machine.platform !== "win32" || isSigned(machine.resources),
      updater: this.#program.extras.updater,
      log: this.#program.log,
      every: this.#program.extras.every,
      offer: async (version) => {
        const asked = await dialog.showMessageBox({
          type: "info",
          message: t("desktop.newer", { version }),
          detail: t("desktop.newer_text"),
          buttons: [t("desktop.restart_now"), t("desktop.later")],
          defaultId: 1,
          cancelId: 1,
        });
        if (asked.response === 0) this.#program.quitting = true;
        return asked.response === 0;
      },
    });
  }
}
