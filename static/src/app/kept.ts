// The client itself is kept by the service worker; a page that stays open asks for newer versions.

import { effect, type Signal } from "@preact/signals";
import { browserPush } from "../lib/push.ts";
import type { Model } from "../models/model.ts";
import { readMark, staleMark, writeMark } from "../models/push-mark.ts";

/** Seldom enough not to be noticed, often enough for a tab that is open all day. */
const LOOK_EVERY_MS = 3_600_000;
/** Not twice for one return: the network, the tab and the connection come back together. */
const LOOK_APART_MS = 30_000;

/** The browser asks for a new version when a page is loaded; a page that stays open has to ask itself. */
function lookForNews(registration: ServiceWorkerRegistration, { account }: Model): void {
  let last = performance.now();
  const look = (): void => {
    if (performance.now() - last < LOOK_APART_MS) return;
    last = performance.now();
    // Without a connection: there is the next time.
    registration.update().catch(() => {});
  };
  setInterval(look, LOOK_EVERY_MS);
  addEventListener("online", look);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") look();
  });
  let was = "live";
  effect(() => {
    const state = account.value?.link.state.value ?? "live";
    if (state === "live" && was !== "live") look();
    was = state;
  });
}

/** What is kept, and what is shown, is for those who are signed in. */
function leave(ended: boolean): void {
  for (const name of ["faces", "previews"]) void caches.delete(name);
  void navigator.serviceWorker.getRegistration().then((found) => found?.active?.postMessage("signed out"));
  // Whose session was ended by the server comes back, perhaps: another person's sign-in removes it, too.
  if (ended) return staleMark(localStorage);
  if (readMark(localStorage) === null) return;
  writeMark(localStorage, null);
  void browserPush.unsubscribe();
}

/** Have the service worker keep the client, and offer what is newer. */
export async function keep(model: Model): Promise<void> {
  const { update, router, session } = model;
  const { serviceWorker: container } = navigator;
  effect(() => {
    if (session.state.value === "out") leave(session.ended.value);
  });
  container.addEventListener("message", (event) => {
    const told = event.data as { kind?: string; place?: string };
    if (told.kind === "go" && told.place !== undefined) router.follow(told.place);
  });
  const registration = await container.register("/sw.js").catch(() => null);
  // Not in every browser's private window: then there is a client only where there is a connection.
  if (registration === null) return;
  lookForNews(registration, model);
  const offer = (worker: ServiceWorker): void => {
    (update as Signal<(() => void) | null>).value = () => {
      container.addEventListener("controllerchange", () => location.reload(), { once: true });
      worker.postMessage("take over");
    };
  };
  if (registration.waiting && container.controller) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed" && container.controller) offer(worker);
    });
  });
}
