// What the browser tells the model, and what the model shows outside of the page.

import { effect } from "@preact/signals";
import { type Desktop, desktop } from "../lib/desktop.ts";
import { fetchLater, whenIdle } from "../lib/idle.ts";
import { sparingly } from "../lib/sparingly.ts";
import { keepOut } from "./early-drops.ts";
import type { Model } from "../models/model.ts";

export function tie(model: Model): void {
  keepOut();
  followLinks(model);
  pressKeys(model);
  watchNetwork(model);
  keepTime(model);
  showTheme(model);
  showUnread(model);
  if (desktop) void import("./desktop.ts").then(({ tieDesktop }) => tieDesktop(model, desktop as Desktop));
  else if ("serviceWorker" in navigator && import.meta.env.PROD) keepClient(model);
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

const COUNTED_EVERY_MS = 1000;

/** On the app's icon where it has one; the tab's own is the shell's. */
function showUnread({ account }: Model): void {
  const soon = sparingly(COUNTED_EVERY_MS);
  effect(() => {
    const unread = account.value?.chats.unread.value ?? 0;
    return soon(() => {
      const badge = unread > 0 ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.();
      // Not allowed before the client is installed.
      badge?.catch(() => {});
    });
  });
}

/** A first visit shows what it came for before it fetches the screens that nobody has opened yet. */
const FIRST_VISIT_MS = 1_000;

function keepClient(model: Model): void {
  const wait = navigator.serviceWorker.controller === null ? FIRST_VISIT_MS : 0;
  setTimeout(() => fetchLater(() => import("./kept.ts"), ({ keep }) => void keep(model)), wait);
}
