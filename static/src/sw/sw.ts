// The service worker: the client itself is kept, so that it opens without a connection. Of what the
// server says only pictures are kept here, until one signs out (pictures.ts): else `/api` passes by.

import { FILES } from "./files.ts";
import { picture, PICTURES } from "./pictures.ts";
import { isPlace } from "./places.ts";
import { watchPushes } from "./push.ts";

declare const self: ServiceWorkerGlobalScope;
declare const __VERSION__: string;

const CACHE = `client-${__VERSION__}`;
const SHELL = "/";
const BESIDE = ["/manifest.webmanifest", "/icon.svg"];

self.addEventListener("install", (event) => {
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(removeOthers().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  // The page has asked its person, who wants the new version now.
  if (event.data === "take over") void self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (isPlace(address.pathname)) event.respondWith(shell());
    return;
  }
  if (address.pathname.startsWith("/assets/") || BESIDE.includes(address.pathname)) {
    event.respondWith(kept(request));
    return;
  }
  const seen = picture(event, address);
  if (seen !== null) event.respondWith(seen);
});

watchPushes();

async function keep(): Promise<void> {
  const cache = await caches.open(CACHE);
  // The shell as the server has it now: an older one would name files that are gone.
  await cache.addAll([new Request(SHELL, { cache: "reload" }), ...BESIDE, ...FILES]);
}

async function removeOthers(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE && !PICTURES.has(name)).map((name) => caches.delete(name)));
}

/** The shell that fits the kept files; from the server only when there is none. */
async function shell(): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(SHELL)) ?? fetch(SHELL);
}

async function kept(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(request)) ?? fetch(request);
}
