// What pages may not do. Everything is refused that is not allowed here by name.

import type { WebPreferences } from "electron";
import { CLIENT, mayOpenOutside, SCHEME, socketOrigin } from "./address.ts";
import type { Contents, Modules, Store } from "./electron.ts";
import type { Log } from "./log.ts";

/** Of every window, whatever is shown in it. */
export const ISOLATED = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  plugins: false,
  navigateOnDragDrop: false,
  safeDialogs: true,
  disableDialogs: true,
  enableWebSQL: false,
  // In a hidden window the connection has to live, and notifications come from it.
  backgroundThrottling: false,
} as const satisfies WebPreferences;

/**
 * What the client's page may be given when it asks. `persistent-storage` is no power over anything: what
 * waits to be sent is not thrown away when the disk is full.
 */
const PERMITTED = new Set(["notifications", "clipboard-sanitized-write", "clipboard-read", "media", "persistent-storage"]);

export function isOwn(address: string, origin: string): boolean {
  try {
    const { protocol, host } = new URL(address);
    return `${protocol}//${host}` === origin;
  } catch {
    return false;
  }
}

/** No way out of a page: it neither goes elsewhere, nor opens a window, nor embeds anything. */
export function guard(contents: Contents, origin: string, outside: (address: string) => void): void {
  const stay = (event: { preventDefault(): void; url?: string }): void => {
    const address = event.url ?? "";
    if (isOwn(address, origin)) return;
    event.preventDefault();
    outside(address);
  };
  contents.on("will-navigate", (event) => stay(event));
  contents.on("will-redirect", (event) => stay(event));
  contents.on("will-frame-navigate", (event) => {
    if (!event.isMainFrame) event.preventDefault();
  });
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    outside(url);
    return { action: "deny" };
  });
}

/** Whatever makes a window or a page that is none of those made here: it opens nothing and embeds nothing. */
export function guardAll(app: Modules["app"]): void {
  app.on("web-contents-created", (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: "deny" }));
    contents.on("will-attach-webview", (event) => event.preventDefault());
  });
}

/**
 * Hand an address to the system, if it is one that may be; `refused` hears of one that is a site without
 * encryption: somebody clicked it, and is to know why nothing happens.
 */
export function openOutside(shell: Modules["shell"], log: Log, refused: (address: string) => void = () => {}): (address: string) => void {
  return (address) => {
    if (mayOpenOutside(address)) return void shell.openExternal(address).catch(() => log.warn("the system opened nothing"));
    log.warn("an address was not opened", { scheme: address.split(":", 1)[0]?.slice(0, 20) });
    if (/^http:\/\//i.test(address)) refused(address.slice(0, 4096));
  };
}

export function permit(store: Store): void {
  store.setPermissionRequestHandler((_contents, permission, answer, details) => {
    const asking = details.requestingUrl ?? "";
    // A voice message needs the microphone. Nothing here needs a camera.
    const media = (details as { mediaTypes?: string[] }).mediaTypes ?? [];
    const sound = permission !== "media" || (media.length > 0 && media.every((type) => type === "audio"));
    answer(details.isMainFrame && isOwn(asking, CLIENT) && PERMITTED.has(permission) && sound);
  });
  store.setPermissionCheckHandler((_contents, permission, asking, details) => {
    const camera = (details as { mediaType?: string }).mediaType === "video";
    return isOwn(asking, CLIENT) && PERMITTED.has(permission) && !camera;
  });
  store.setDevicePermissionHandler(() => false);
}

/**
 * A page of ours loads what is ours, and its socket leads to its own server: any other request is
 * refused, whatever its policy says. `server` is null where a page talks to nobody; `knocks` tells the
 * window that asks for a login (knock.ts).
 */
export function confine(store: Store, server: string | null, knocks: (contents: number | undefined) => boolean = () => false): void {
  const socket = server === null ? null : socketOrigin(server);
  store.webRequest.onBeforeRequest({ urls: ["<all_urls>"] }, ({ url, resourceType, webContentsId }, answer) => {
    const { protocol, host } = new URL(url);
    const origin = `${protocol}//${host}`;
    const inside = [`${SCHEME}:`, "blob:", "data:", "devtools:"].includes(protocol);
    // What the main process asks for pages has no page.
    const byProgram = resourceType === "other" && webContentsId === undefined;
    const bySocket = resourceType === "webSocket" && origin === socket;
    const byKnock = origin === server && knocks(webContentsId);
    answer({ cancel: !inside && !byProgram && !bySocket && !byKnock });
  });
}
