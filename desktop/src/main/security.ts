// What pages may not do. Everything is refused that is not allowed here by name.

import type { WebPreferences } from "electron";
import { CLIENT, mayOpenOutside, SCHEME } from "./address.ts";
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
  plugins: true,
  navigateOnDragDrop: false,
  safeDialogs: true,
  disableDialogs: true,
  enableWebSQL: false,
  // In a hidden window the connection has to live, and notifications come from it.
  backgroundThrottling: false,
} as const satisfies WebPreferences;

/** What the client's page may be given when it asks. */
const PERMITTED = new Set(["notifications", "clipboard-sanitized-write", "clipboard-read", "media"]);

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

/** Hand an address to the system, if it is one that may be. */
export function openOutside(shell: Modules["shell"], log: Log): (address: string) => void {
  return (address) => {
    if (!mayOpenOutside(address)) return log.warn("an address was not opened", { scheme: address.split(":", 1)[0]?.slice(0, 20) });
    shell.openExternal(address).catch(() => log.warn("the system opened nothing"));
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

/** A page of ours loads what is ours: any other request of a document or a script is refused. */
export function confine(store: Store): void {
  store.webRequest.onBeforeRequest({ urls: ["<all_urls>"] }, ({ url, resourceType }, answer) => {
    const { protocol } = new URL(url);
    const inside = [`${SCHEME}:`, "blob:", "data:", "devtools:"].includes(protocol);
    // What the main process asks for pages has no page: it is of type `other`.
    answer({ cancel: !inside && !["webSocket", "other"].includes(resourceType) });
  });
}
