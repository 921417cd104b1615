// One server's client: a partition of its own, the session in it, and a window.

import { join } from "node:path";
import { CLIENT } from "./address.ts";
import { checkSpelling, offerMenu } from "./context.ts";
import { reviveAfterCrash } from "./crash.ts";
import { DragOut, watchDownloads } from "./downloads.ts";
import type { Machine, Modules, Store, Window } from "./electron.ts";
import { Knock } from "./knock.ts";
import type { Log } from "./log.ts";
import { type Places, SMALLEST, standing } from "./place.ts";
import type { Preferences } from "./preferences.ts";
import { answering, authorizeSocket } from "./scheme.ts";
import { confine, guard, ISOLATED, permit } from "./security.ts";
import { nameOf, partitionOf, type Server } from "./servers.ts";
import { type Beginning, type State, TELL, type Told } from "../shared/messages.ts";
import { Tokens } from "./tokens.ts";
import type { Vault } from "./vault.ts";
import type { Words } from "./words.ts";

export interface ClientParts {
  modules: Modules;
  machine: Machine;
  server: Server;
  /** As it is known now. */
  known: () => Server | null;
  vault: Vault;
  words: Words;
  log: Log;
  places: Places;
  preferences: Preferences;
  drags: DragOut;
  dictionaries: string | null;
  outside: (address: string) => void;
  giveUp: () => Promise<boolean>;
  /** Whether the window is to stay when somebody closes it. */
  stays: () => boolean;
}

const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = { win32: "Windows", darwin: "macOS", linux: "Linux" };
const NOTHING: State = { unread: 0, link: "offline", locale: "en", person: null, organisation: "" };

export class Client {
  readonly store: Store;
  readonly knock: Knock;
  readonly tokens: Tokens;
  readonly #parts: ClientParts;
  #window: Window | null = null;
  #listens = false;
  #crashed = false;
  /** For a page that has not begun yet. */
  #waiting: Told[] = [];
  state: State = NOTHING;

  constructor(parts: ClientParts) {
    const { modules, machine, server, vault, known } = parts;
    this.#parts = parts;
    this.store = modules.session.fromPartition(partitionOf(server));
    this.knock = new Knock({ modules, store: this.store, now: machine.now });
    const { fetch } = this.knock;
    const device = `Messenger, ${SYSTEMS[machine.platform] ?? machine.platform}`;
    this.tokens = new Tokens({ id: server.id, address: server.address, fetch, vault, now: machine.now, device });
    const api = { address: server.address, fetch, tokens: this.tokens };
    this.store.protocol.handle("app", answering({ dist: machine.dist, server: known, api }));
    authorizeSocket(this.store, server.address, CLIENT, () => this.tokens.access());
    permit(this.store);
    confine(this.store, server.address, (contents) => this.knock.isBy(contents));
    if (parts.preferences.all.spelling) checkSpelling(this.store, machine.platform, parts.dictionaries);
    watchDownloads(this.store, {
      modules,
      words: parts.words,
      log: parts.log,
      platform: machine.platform,
      window: () => this.#window,
      folder: () => parts.preferences.all.downloads,
    });
  }

  get window(): Window | null {
    return this.#window;
  }

  get id(): string {
    return this.#parts.server.id;
  }

  get name(): string {
    return nameOf(this.#parts.known() ?? this.#parts.server);
  }

  /** Make the window, shown or not: hidden, it still has the connection. */
  open(shown: boolean): Window {
    const { modules, machine, server, places, preferences, outside, words, log, giveUp } = this.#parts;
    if (this.#window !== null) return this.#window;
    const stand = standing(modules.screen, places.read());
    const window = new modules.BrowserWindow({
      ...stand.bounds,
      minWidth: SMALLEST.width,
      minHeight: SMALLEST.height,
      show: false,
      title: this.name,
      icon: join(machine.dist, "web", "icon-512.png"),
      backgroundColor: modules.nativeTheme.shouldUseDarkColors ? "#151614" : "#f4f3f0",
      autoHideMenuBar: true,
      webPreferences: {
        ...ISOLATED,
        session: this.store as never,
        preload: join(machine.dist, "client.cjs"),
        spellcheck: preferences.all.spelling,
        additionalArguments: [`--messenger-server=${server.address}`, `--messenger-origin=${CLIENT}`, `--messenger-platform=${machine.platform}`],
      },
    });
    this.#window = window;
    const { webContents } = window;
    guard(webContents, CLIENT, outside);
    offerMenu(webContents, { modules, words, outside });
    const crashed = (): void => {
      this.#listens = false;
      this.#crashed = true;
    };
    reviveAfterCrash({ window, origin: CLIENT, log, now: machine.now, giveUp, crashed });
    webContents.on("did-start-navigation", (details) => {
      if (details.isMainFrame && !details.isSameDocument) this.#listens = false;
    });
    webContents.on("did-finish-load", () => webContents.setZoomLevel(preferences.all.zoom));
    for (const event of ["resized", "moved", "maximize", "unmaximize"] as const) window.on(event as "maximize", () => places.keep(window));
    window.on("close", (event) => {
      places.keep(window);
      if (!this.#parts.stays()) return;
      event.preventDefault();
      window.hide();
    });
    window.on("closed", () => {
      this.#window = null;
      this.#listens = false;
    });
    window.on("focus", () => window.flashFrame(false));
    if (stand.maximized) window.once("ready-to-show", () => shown && window.maximize());
    if (shown) window.once("ready-to-show", () => window.show());
    void window.loadURL(`${CLIENT}/`).catch(() => log.warn("the page could not be loaded"));
    return window;
  }

  /** Bring it to the front. */
  show(): void {
    const window = this.#window ?? this.open(true);
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  hide(): void {
    this.#window?.hide();
  }

  /** Its page runs, and hears from now on; what was to be told meanwhile follows. */
  started(): Beginning {
    const crashed = this.#crashed;
    this.#crashed = false;
    this.#listens = true;
    for (const told of this.#waiting.splice(0)) this.tell(told);
    return { notice: crashed ? this.#parts.words.t("desktop.revived") : null };
  }

  tell(told: Told): void {
    if (this.#listens && this.#window !== null && !this.#window.webContents.isDestroyed()) this.#window.webContents.send(TELL, told);
    // That it woke up says nothing to a page that begins anew.
    else if (told.kind !== "wake") this.#waiting.push(told);
  }

  /** Let somebody see that there is something, without coming to the front. */
  flash(): void {
    if (this.#window !== null && !this.#window.isFocused()) this.#window.flashFrame(true);
  }

  /** A file that somebody takes hold of, on this machine. */
  fetchFile(id: string, name: string): Promise<string> {
    const { drags, server } = this.#parts;
    return drags.fetch(`${this.id}-${id}`, name, async () => {
      const access = await this.tokens.access();
      const headers: Record<string, string> = access === null ? {} : { Authorization: `Bearer ${access}` };
      return this.knock.fetch(`${server.address}/api/v1/files/${id}`, { headers, credentials: "omit", redirect: "error" });
    });
  }

  /** Leave nothing of it on this machine. */
  async erase(): Promise<void> {
    await this.tokens.leave(null).catch(() => null);
    this.tokens.forget();
    this.#window?.destroy();
    await this.store.clearStorageData();
    await this.store.clearCache();
    await this.store.clearAuthCache();
  }
}
