// Electron's modules as the main process uses them: handed to every function that needs one, so that
// tests hand in others. The types are Electron's own: what they no longer have does not compile.

import type {
  App,
  BrowserWindow,
  BrowserWindowConstructorOptions,
  Clipboard,
  Dialog,
  DownloadItem,
  GlobalShortcut,
  IpcMain,
  Menu,
  MenuItemConstructorOptions,
  NativeImage,
  NativeTheme,
  Net,
  Notification,
  NotificationConstructorOptions,
  PowerMonitor,
  Protocol,
  SafeStorage,
  Screen,
  Session,
  Shell,
  SystemPreferences,
  Tray,
  WebContents,
  WebFrameMain,
} from "electron";

export type Contents = Pick<
  WebContents,
  | "on"
  | "once"
  | "send"
  | "id"
  | "session"
  | "mainFrame"
  | "getURL"
  | "isDestroyed"
  | "reload"
  | "loadURL"
  | "setWindowOpenHandler"
  | "findInPage"
  | "stopFindInPage"
  | "startDrag"
  | "replaceMisspelling"
  | "downloadURL"
  | "getZoomLevel"
  | "setZoomLevel"
  | "copyImageAt"
  | "focus"
>;

export type Window = Pick<
  BrowserWindow,
  | "on"
  | "once"
  | "loadURL"
  | "show"
  | "hide"
  | "focus"
  | "restore"
  | "minimize"
  | "close"
  | "destroy"
  | "isDestroyed"
  | "isVisible"
  | "isFocused"
  | "isMinimized"
  | "isMaximized"
  | "isFullScreen"
  | "maximize"
  | "getNormalBounds"
  | "getBounds"
  | "setBounds"
  | "flashFrame"
  | "setOverlayIcon"
  | "setProgressBar"
  | "setTitle"
> & { readonly webContents: Contents };

export type TrayIcon = Pick<Tray, "on" | "setImage" | "setToolTip" | "setContextMenu" | "destroy">;
export type Note = Pick<Notification, "on" | "show" | "close">;
export type Item = Pick<
  DownloadItem,
  | "on"
  | "once"
  | "getFilename"
  | "getReceivedBytes"
  | "getTotalBytes"
  | "getState"
  | "getSavePath"
  | "setSavePath"
  | "setSaveDialogOptions"
  | "cancel"
>;
export type Picture = NativeImage;
export type Shown = Pick<Menu, "popup">;

/** A partition: what one server left on this machine, and how it is reached. */
export type Store = Pick<
  Session,
  | "on"
  | "fetch"
  | "protocol"
  | "webRequest"
  | "setPermissionRequestHandler"
  | "setPermissionCheckHandler"
  | "setDevicePermissionHandler"
  | "setCertificateVerifyProc"
  | "setSpellCheckerLanguages"
  | "setSpellCheckerDictionaryDownloadURL"
  | "availableSpellCheckerLanguages"
  | "addWordToSpellCheckerDictionary"
  | "setProxy"
  | "resolveProxy"
  | "resolveHost"
  | "closeAllConnections"
  | "clearStorageData"
  | "clearCache"
  | "clearAuthCache"
>;

export interface Modules {
  app: Pick<
    App,
    | "on"
    | "whenReady"
    | "quit"
    | "exit"
    | "relaunch"
    | "isPackaged"
    | "getPath"
    | "getVersion"
    | "getLocale"
    | "setName"
    | "setAppUserModelId"
    | "setAsDefaultProtocolClient"
    | "requestSingleInstanceLock"
    | "setLoginItemSettings"
    | "getLoginItemSettings"
    | "setJumpList"
    | "setBadgeCount"
    | "enableSandbox"
  > & { dock?: Pick<NonNullable<App["dock"]>, "setBadge" | "bounce" | "setMenu"> | undefined };
  BrowserWindow: new (options: BrowserWindowConstructorOptions) => Window;
  Menu: {
    buildFromTemplate(template: MenuItemConstructorOptions[]): Shown;
    setApplicationMenu(menu: Shown | null): void;
  };
  Tray: new (image: Picture) => TrayIcon;
  Notification: { new (options: NotificationConstructorOptions): Note; isSupported(): boolean };
  nativeImage: { createFromPath(path: string): Picture; createFromDataURL(url: string): Picture };
  clipboard: Pick<Clipboard, "writeText">;
  dialog: Pick<Dialog, "showMessageBox" | "showErrorBox">;
  globalShortcut: Pick<GlobalShortcut, "register" | "unregister" | "unregisterAll" | "isRegistered">;
  ipcMain: Pick<IpcMain, "handle" | "on">;
  nativeTheme: Pick<NativeTheme, "on" | "shouldUseDarkColors">;
  net: Pick<Net, "isOnline">;
  powerMonitor: Pick<PowerMonitor, "on">;
  protocol: Pick<Protocol, "registerSchemesAsPrivileged">;
  safeStorage: Pick<SafeStorage, "isEncryptionAvailable" | "encryptString" | "decryptString" | "getSelectedStorageBackend">;
  screen: Pick<Screen, "getAllDisplays" | "getPrimaryDisplay">;
  session: { fromPartition(partition: string): Store };
  shell: Pick<Shell, "openExternal" | "openPath" | "showItemInFolder">;
  systemPreferences: Pick<SystemPreferences, "getUserDefault">;
}

export type Frame = Pick<WebFrameMain, "url" | "parent">;

/** What of the machine is not Electron's. */
export interface Machine {
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  execPath: string;
  /** Where the packers put what is beside the archive. */
  resources: string;
  /** Where the packed files are: `dist/` of this package. */
  dist: string;
  now: () => number;
  /** What a program prints; rejects when it cannot be run. */
  run: (program: string, ...args: string[]) => Promise<string>;
}
