// What the browser tells the model, and what the model shows outside of the page.

import { effect, type Signal } from "@preact/signals";
import { whenIdle } from "./idle.ts";
import type { Model } from "../models/model.ts";

export function tie(model: Model): void {
  followLinks(model);
  pressKeys(model);
  watchNetwork(model);
  keepTime(model);
  showTheme(model);
  showUnread(model);
  if ("serviceWorker" in navigator && import.meta.env.PROD) keepClient(model);
}

/** Links inside the client are followed without loading the page. */
function followLinks({ router }: Model): void {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.("a");
    if (!link || link.target === "_blank" || link.hasAttribute("download")) return;
    if (router.follow(link.href)) event.preventDefault();
  });
}

function pressKeys({ keys }: Model): void {
  document.addEventListener("keydown", (event) => void keys.press(event));
}

function watchNetwork({ account, session }: Model): void {
  const retry = (): void => {
    account.peek()?.link.retryNow();
    void session.finishLeaving();
  };
  addEventListener("online", retry);
  // Ask rather than believe: some systems say so while the connection works.
  addEventListener("offline", retry);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") retry();
  });
}

/** «Today» is yesterday after midnight, also in a tab that stays open. */
function keepTime({ words }: Model): void {
  setInterval(() => words.tick(), 15_000);
  document.addEventListener("visibilitychange", () => words.tick());
}

function showTheme({ preferences, words, organisation }: Model): void {
  effect(() => {
    document.documentElement.dataset["accent"] = organisation.about.value.accent;
  });
  // Not before what is being shown now: it is remembered from the last time.
  whenIdle(() => void organisation.refresh());
  effect(() => {
    const { dataset } = document.documentElement;
    if (preferences.theme.value === "system") delete dataset["theme"];
    else dataset["theme"] = preferences.theme.value;
    dataset["density"] = preferences.density.value;
  });
  effect(() => {
    document.documentElement.lang = words.locale.value;
  });
}

/** On the app's icon where it has one; the tab's own is the shell's. */
function showUnread({ account }: Model): void {
  effect(() => {
    const unread = account.value?.chats.unread.value ?? 0;
    const badge = unread > 0 ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.();
    // Not allowed before the client is installed.
    badge?.catch(() => {});
  });
}

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

/** A first visit shows what it came for before it fetches the screens that nobody has opened yet. */
const FIRST_VISIT_MS = 2_000;

function keepClient(model: Model): void {
  const wait = navigator.serviceWorker.controller === null ? FIRST_VISIT_MS : 0;
  setTimeout(() => whenIdle(() => void serviceWorker(model)), wait);
}

async function serviceWorker(model: Model): Promise<void> {
  const { update, router } = model;
  const { serviceWorker: container } = navigator;
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
