// `app://messenger` and `app://shell`: the packed files, the client's page at each of its places, and
// the server's API. Everything else is not there.

import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { SCHEME } from "./address.ts";
import { type ApiParts, forward } from "./api.ts";
import type { Modules, Store } from "./electron.ts";
import { clientPage, type Manifest, policyFor, SHELL_POLICY } from "./page.ts";
import type { Server } from "./servers.ts";

const TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".mp3": "audio/mpeg",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};
const ALWAYS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};
/** One name without a way out of its folder. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const HIDDEN = new Set(["sw.js", "manifest.webmanifest"]);

/** Before anything is ready: the scheme is a web origin as `https` is. */
export function registerScheme(protocol: Modules["protocol"]): void {
  const privileges = {
    standard: true,
    secure: true,
    supportFetchAPI: true,
    stream: true,
    codeCache: true,
    // The packed client is offline by itself.
    allowServiceWorkers: false,
    corsEnabled: false,
    bypassCSP: false,
  };
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges }]);
}

export interface SchemeParts {
  /** Where the packed files are. */
  dist: string;
  server: () => Server | null;
  api: ApiParts | null;
}

/** What a page of this partition gets for an address. */
export function answering({ dist, server, api }: SchemeParts): (request: Request) => Promise<Response> {
  const web = join(dist, "web");
  const shell = join(dist, "pages");
  return async (request) => {
    const address = new URL(request.url);
    if (address.host === "shell") return own(shell, address.pathname);
    if (address.host !== "messenger" || api === null) return missing();
    if (address.pathname.startsWith("/api/v1/")) return forward(request, api);
    if (request.method !== "GET" && request.method !== "HEAD") return missing();
    const [, folder = "", name = ""] = /^\/(?:(assets)\/)?([^/]*)$/.exec(address.pathname) ?? [];
    if (folder !== "") return file(join(web, folder), name, {});
    if (name.includes(".")) return HIDDEN.has(name) ? missing() : file(web, name, {});
    const shown = server();
    if (shown === null) return missing();
    const manifest = JSON.parse(readFileSync(join(web, ".vite", "manifest.json"), "utf8")) as Manifest;
    return page(clientPage(manifest, shown), policyFor(shown.address));
  };
}

function own(directory: string, pathname: string): Response {
  const name = pathname.slice(1) || "page.html";
  return file(directory, name, { "Content-Security-Policy": SHELL_POLICY });
}

function file(directory: string, name: string, headers: Record<string, string>): Response {
  const type = TYPES[extname(name)];
  if (!NAME.test(name) || type === undefined) return missing();
  try {
    return new Response(new Uint8Array(readFileSync(join(directory, name))), {
      headers: { ...ALWAYS, ...headers, "Content-Type": type, "Cache-Control": "no-cache" },
    });
  } catch {
    return missing();
  }
}

function page(html: string, policy: string): Response {
  const headers = { ...ALWAYS, "Content-Type": TYPES[".html"] as string, "Content-Security-Policy": policy, "Cache-Control": "no-store" };
  return new Response(html, { headers });
}

function missing(): Response {
  return new Response("not found", { status: 404, headers: { ...ALWAYS, "Content-Type": "text/plain" } });
}

/** The WebSocket brings its token in the header, and says which client it is; a page can do neither. */
export function authorizeSocket(store: Store, address: string, origin: string, token: () => Promise<string | null>): void {
  const socket = address.replace(/^http/, "ws");
  store.webRequest.onBeforeSendHeaders({ urls: [`${socket}/*`] }, (details, callback) => {
    if (new URL(details.url).pathname !== "/api/v1/ws") return callback({ cancel: true });
    const headers = Object.fromEntries(
      Object.entries(details.requestHeaders).filter(([name]) => !/^(origin|cookie|authorization)$/i.test(name)),
    );
    token().then(
      (access) => {
        const signed: Record<string, string> = access === null ? {} : { Authorization: `Bearer ${access}` };
        callback({ requestHeaders: { ...headers, ...signed, Origin: origin } });
      },
      // No connection: the page tries again.
      () => callback({ cancel: true }),
    );
  });
}
