// Electron as the tests have it: the modules of `main/electron.ts`, whose types are Electron's own, so
// that a fake that drifts from `electron.d.ts` does not compile. It notes what was asked of it.

import { EventEmitter } from "node:events";
import type { BrowserWindowConstructorOptions, MenuItemConstructorOptions, NotificationConstructorOptions, Rectangle } from "electron";
import type { Contents, Modules, Note, Store, TrayIcon, Window } from "../main/electron.ts";

type Listener = (...given: any[]) => any;

/** Notes every call by its name. */
export class Notes {
  readonly calls: [string, ...unknown[]][] = [];

  note(name: string, ...given: unknown[]): void {
    this.calls.push([name, ...given]);
  }

  of(name: string): unknown[][] {
    return this.calls.filter(([each]) => each === name).map(([, ...given]) => given);
  }

  last(name: string): any {
    return this.of(name).at(-1)?.[0];
  }
}

class Emitter extends Notes {
  readonly events = new EventEmitter();
  on: any = (event: string, listener: Listener) => (this.events.on(event, listener), this);
  once: any = (event: string, listener: Listener) => (this.events.once(event, listener), this);

  /** Something happens; the event that listeners saw. */
  emit(event: string, ...given: any[]): { prevented: boolean; [name: string]: unknown } {
    const ofEvent = given[0]?.asEvent === true ? given.shift() : {};
    const made = { prevented: false, preventDefault: () => (made.prevented = true), ...ofEvent } as any;
    this.events.emit(event, made, ...given);
    return made;
  }
}

/** What an event has beside `preventDefault`: `emit("will-navigate", event({url}))`. */
export const event = (fields: object): object => ({ ...fields, asEvent: true });

let nextContents = 1;

export class FakeContents extends Emitter implements Pick<Contents, "id"> {
  readonly id = nextContents++;
  readonly session: FakeStore;
  readonly mainFrame = {} as any;
  destroyed = false;
  open: Listener = () => ({});
  sent: [string, unknown][] = [];
  url = "";

  constructor(session: FakeStore) {
    super();
    this.session = session;
  }

  send: Contents["send"] = (channel, ...given) => void this.sent.push([channel, structuredClone(given[0])]);
  getURL: Contents["getURL"] = () => this.url;
  isDestroyed: Contents["isDestroyed"] = () => this.destroyed;
  reload: Contents["reload"] = () => this.note("reload");
  loadURL: Contents["loadURL"] = async (url) => void (this.url = url);
  setWindowOpenHandler: Contents["setWindowOpenHandler"] = (handler) => void (this.open = handler);
  findInPage: Contents["findInPage"] = (...given) => (this.note("find", ...given), 1);
  stopFindInPage: Contents["stopFindInPage"] = (action) => this.note("stopFind", action);
  startDrag: Contents["startDrag"] = (item) => this.note("drag", item);
  replaceMisspelling: Contents["replaceMisspelling"] = (word) => this.note("replace", word);
  downloadURL: Contents["downloadURL"] = (url) => this.note("download", url);
  getZoomLevel: Contents["getZoomLevel"] = () => 0;
  setZoomLevel: Contents["setZoomLevel"] = (level) => this.note("zoom", level);
  copyImageAt: Contents["copyImageAt"] = (x, y) => this.note("copyImage", x, y);
  focus: Contents["focus"] = () => this.note("focus");
}

export class FakeWindow extends Emitter {
  readonly options: BrowserWindowConstructorOptions;
  readonly webContents: FakeContents;
  url = "";
  bounds: Rectangle;
  state = { visible: false, focused: false, minimized: false, maximized: false, full: false, destroyed: false };

  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    this.webContents = new FakeContents((options.webPreferences?.session ?? new FakeStore("default")) as never);
    const { x = 0, y = 0, width = 800, height = 600 } = options;
    this.bounds = { x, y, width, height };
    windows.push(this);
  }

  loadURL: Window["loadURL"] = async (url) => {
    this.note("load", url);
    this.url = url;
  };
  show: Window["show"] = () => void (this.state.visible = true);
  hide: Window["hide"] = () => {
    this.state.visible = false;
    this.state.focused = false;
  };
  focus: Window["focus"] = () => {
    this.state.focused = true;
    this.emit("focus");
  };
  restore: Window["restore"] = () => void (this.state.minimized = false);
  minimize: Window["minimize"] = () => void (this.state.minimized = true);
  maximize: Window["maximize"] = () => void (this.state.maximized = true);
  close: Window["close"] = () => {
    if (!this.emit("close").prevented) this.destroy();
  };
  destroy: Window["destroy"] = () => {
    if (this.state.destroyed) return;
    this.state.destroyed = true;
    this.webContents.destroyed = true;
    this.emit("closed");
  };
  isDestroyed: Window["isDestroyed"] = () => this.state.destroyed;
  isVisible: Window["isVisible"] = () => this.state.visible;
  isFocused: Window["isFocused"] = () => this.state.focused;
  isMinimized: Window["isMinimized"] = () => this.state.minimized;
  isMaximized: Window["isMaximized"] = () => this.state.maximized;
  isFullScreen: Window["isFullScreen"] = () => this.state.full;
  getNormalBounds: Window["getNormalBounds"] = () => this.bounds;
  getBounds: Window["getBounds"] = () => this.bounds;
  setBounds: Window["setBounds"] = (bounds) => void (this.bounds = { ...this.bounds, ...bounds });
  flashFrame: Window["flashFrame"] = (on) => this.note("flash", on);
  setOverlayIcon: Window["setOverlayIcon"] = (picture, text) => this.note("overlay", picture, text);
  setProgressBar: Window["setProgressBar"] = (share) => this.note("progress", share);
  setTitle: Window["setTitle"] = (title) => this.note("title", title);
}

export const windows: FakeWindow[] = [];
export const notes: FakeNote[] = [];
export const stores = new Map<string, FakeStore>();

export class FakeStore extends Emitter {
  readonly partition: string;
  handler: ((request: Request) => Promise<Response> | Response) | null = null;
  beforeHeaders: Listener = () => {};
  beforeRequest: Listener = () => {};
  permission: Listener = () => {};
  check: Listener = () => false;
  device: Listener = () => false;
  answer: (url: string, init: RequestInit) => Promise<Response> = async () => {
    throw new Error("net::ERR_INTERNET_DISCONNECTED");
  };
  proxyOf = "DIRECT";

  constructor(partition: string) {
    super();
    this.partition = partition;
  }

  fetch: Store["fetch"] = (input, init) => {
    this.note("fetch", String(input), init);
    return this.answer(String(input), init ?? {});
  };
  protocol: Store["protocol"] = { handle: (_scheme: string, handler: never) => void (this.handler = handler) } as never;
  webRequest: Store["webRequest"] = {
    onBeforeSendHeaders: (_filter: unknown, listener: Listener) => void (this.beforeHeaders = listener),
    onBeforeRequest: (_filter: unknown, listener: Listener) => void (this.beforeRequest = listener),
  } as never;
  setPermissionRequestHandler: Store["setPermissionRequestHandler"] = (handler) => void (this.permission = handler as Listener);
  setPermissionCheckHandler: Store["setPermissionCheckHandler"] = (handler) => void (this.check = handler as Listener);
  setDevicePermissionHandler: Store["setDevicePermissionHandler"] = (handler) => void (this.device = handler as Listener);
  setCertificateVerifyProc: Store["setCertificateVerifyProc"] = () => this.note("verify");
  availableSpellCheckerLanguages: Store["availableSpellCheckerLanguages"] = ["de", "en-US", "ru"];
  setSpellCheckerLanguages: Store["setSpellCheckerLanguages"] = (languages) => this.note("languages", languages);
  setSpellCheckerDictionaryDownloadURL: Store["setSpellCheckerDictionaryDownloadURL"] = (url) => this.note("dictionaries", url);
  addWordToSpellCheckerDictionary: Store["addWordToSpellCheckerDictionary"] = (word) => (this.note("word", word), true);
  setProxy: Store["setProxy"] = async (config) => this.note("proxy", config);
  resolveProxy: Store["resolveProxy"] = async () => this.proxyOf;
  resolveHost: Store["resolveHost"] = async () => ({ endpoints: [{ address: "127.0.0.1", family: "ipv4" }] });
  closeAllConnections: Store["closeAllConnections"] = async () => this.note("closeAll");
  clearStorageData: Store["clearStorageData"] = async () => this.note("clearStorage");
  clearCache: Store["clearCache"] = async () => this.note("clearCache");
  clearAuthCache: Store["clearAuthCache"] = async () => this.note("clearAuthCache");
}

export class FakeNote extends Emitter {
  readonly options: NotificationConstructorOptions;
  shown = false;
  closed = false;

  constructor(options: NotificationConstructorOptions) {
    super();
    this.options = options;
    notes.push(this);
  }

  static isSupported(): boolean {
    return true;
  }

  show: Note["show"] = () => void (this.shown = true);
  close: Note["close"] = () => {
    this.closed = true;
    this.emit("close");
  };
}

class FakeTray extends Emitter {
  setImage: TrayIcon["setImage"] = (picture) => this.note("image", picture);
  setToolTip: TrayIcon["setToolTip"] = (text) => this.note("tip", text);
  setContextMenu: TrayIcon["setContextMenu"] = (menu) => this.note("menu", menu);
  destroy: TrayIcon["destroy"] = () => this.note("destroy");
}

export const trays: FakeTray[] = [];

export class FakeApp extends Emitter {
  isPackaged = false;
  paths: Record<string, string>;
  dock: Modules["app"]["dock"] = { setBadge: (text) => this.note("dockBadge", text), bounce: () => 1, setMenu: (menu) => this.note("dockMenu", menu) };
  locale = "en-GB";
  first = true;
  openedAtLogin = false;

  constructor(paths: Record<string, string>) {
    super();
    this.paths = paths;
  }

  whenReady = async (): Promise<void> => {};
  quit = (): void => {
    this.note("quit");
    this.emit("before-quit");
    this.emit("will-quit");
  };
  exit = (): void => this.note("exit");
  relaunch = (): void => this.note("relaunch");
  getPath: Modules["app"]["getPath"] = (name) => this.paths[name] ?? `/nowhere/${name}`;
  getVersion = (): string => "0.1.0";
  getLocale = (): string => this.locale;
  setName = (name: string): void => this.note("name", name);
  setAppUserModelId = (id: string): void => this.note("model", id);
  setAsDefaultProtocolClient: Modules["app"]["setAsDefaultProtocolClient"] = (scheme) => (this.note("scheme", scheme), true);
  requestSingleInstanceLock = (): boolean => this.first;
  setLoginItemSettings: Modules["app"]["setLoginItemSettings"] = (settings) => this.note("login", settings);
  getLoginItemSettings: Modules["app"]["getLoginItemSettings"] = () => ({ wasOpenedAtLogin: this.openedAtLogin }) as never;
  setJumpList: Modules["app"]["setJumpList"] = (list) => (this.note("jumps", list), "ok");
  setBadgeCount: Modules["app"]["setBadgeCount"] = (count) => (this.note("badge", count), true);
  enableSandbox = (): void => this.note("sandbox");
}

export interface Fake extends Modules {
  app: FakeApp & Modules["app"];
  ipc: FakeIpc;
  notes: Notes;
  power: Emitter;
  displays: { workArea: Rectangle }[];
  answers: number[];
  secret: { available: boolean; backend: string };
}

/** The main side of `ipcMain`, with what a page's message would do. */
export class FakeIpc {
  readonly handlers = new Map<string, Listener>();
  readonly listeners = new Map<string, Listener>();
  handle: Modules["ipcMain"]["handle"] = (channel, listener) => void this.handlers.set(channel, listener);
  on: any = (channel: string, listener: Listener) => void this.listeners.set(channel, listener);

  /** A message, structured-cloned as between processes. */
  async invoke(from: number, url: string, channel: string, ...given: unknown[]): Promise<any> {
    const handler = this.handlers.get(channel);
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
    return structuredClone(await handler(eventOf(from, url), ...structuredClone(given)));
  }

  send(from: number, url: string, channel: string, ...given: unknown[]): void {
    this.listeners.get(channel)?.(eventOf(from, url), ...structuredClone(given));
  }
}

export function eventOf(id: number, url: string, parent: object | null = null): object {
  return { sender: { id }, senderFrame: { url, parent } };
}

/** Everything anew; `paths` are `app.getPath`'s. */
export function fake(paths: Record<string, string>): Fake {
  windows.length = 0;
  notes.length = 0;
  trays.length = 0;
  stores.clear();
  const noted = new Notes();
  const ipc = new FakeIpc();
  const power = new Emitter();
  const secret = { available: true, backend: "gnome_libsecret" };
  const displays = [{ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }];
  const answers: number[] = [];
  const picture = (name: string) => ({ name, isEmpty: () => false });
  const store = (partition: string): FakeStore => {
    const made = stores.get(partition) ?? new FakeStore(partition);
    stores.set(partition, made);
    return made;
  };
  return {
    ipc,
    notes: noted,
    power,
    displays,
    answers,
    secret,
    app: new FakeApp(paths) as never,
    BrowserWindow: FakeWindow as never,
    Menu: {
      buildFromTemplate: (template: MenuItemConstructorOptions[]) => ({ template, popup: () => noted.note("popup", template) }),
      setApplicationMenu: (menu) => noted.note("menu", menu),
    },
    Tray: class extends FakeTray {
      constructor() {
        super();
        trays.push(this);
      }
    } as never,
    Notification: FakeNote as never,
    nativeImage: { createFromPath: picture as never, createFromDataURL: picture as never },
    clipboard: { writeText: async (text) => noted.note("clipboard", text) },
    dialog: {
      showMessageBox: (async (...given: unknown[]) => {
        noted.note("box", given.at(-1));
        return { response: answers.shift() ?? 0, checkboxChecked: false };
      }) as never,
      showErrorBox: (title, text) => noted.note("error", title, text),
    },
    globalShortcut: {
      register: (keys, run) => (noted.note("shortcut", keys, run), true),
      unregister: (keys) => noted.note("noShortcut", keys),
      unregisterAll: () => noted.note("noShortcuts"),
      isRegistered: () => false,
    },
    ipcMain: ipc as never,
    nativeTheme: { on: (() => {}) as never, shouldUseDarkColors: false },
    net: { isOnline: () => true },
    powerMonitor: power as never,
    protocol: { registerSchemesAsPrivileged: (schemes) => noted.note("schemes", schemes) },
    safeStorage: {
      isEncryptionAvailable: () => secret.available,
      getSelectedStorageBackend: () => secret.backend as never,
      encryptString: (text) => Buffer.from(`sealed:${Buffer.from(text).toString("hex")}`),
      decryptString: (sealed) => {
        const said = sealed.toString();
        if (!said.startsWith("sealed:")) throw new Error("Error while decrypting the ciphertext provided to safeStorage.decryptString.");
        return Buffer.from(said.slice(7), "hex").toString();
      },
    },
    screen: { getAllDisplays: () => displays as never, getPrimaryDisplay: () => displays[0] as never },
    session: { fromPartition: (partition) => store(partition) as never },
    shell: {
      openExternal: async (url) => noted.note("external", url),
      openPath: async (path) => (noted.note("path", path), ""),
      showItemInFolder: (path) => noted.note("folder", path),
    },
    systemPreferences: { getUserDefault: (() => "") as never },
  };
}
