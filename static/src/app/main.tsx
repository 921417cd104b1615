// Builds the model, hands it to the shell, and ties it to the browser: keys, links, the network's
// coming and going, the title, the service worker.

import { effect, signal } from "@preact/signals";
import { render } from "preact";
import "../styles/tokens.css";
import "../styles/accents.css";
import "../styles/base.css";
import "../styles/print.css";
import en from "../locales/en.json?url";
import ru from "../locales/ru.json?url";
import { catalogs } from "../lib/catalogs.ts";
import { systemClock } from "../lib/clock.ts";
import { desktop } from "../lib/desktop.ts";
import { Http } from "../lib/http.ts";
import { painted } from "../lib/idle.ts";
import { Keys } from "../lib/keys.ts";
import { type Key, Words } from "../lib/locale.ts";
import { givingWay, paced } from "../lib/pace.ts";
import { Router } from "../lib/router.ts";
import type { RawSocket } from "../lib/socket.ts";
import type { Locks } from "../lib/tabs.ts";
import type { Model } from "../models/model.ts";
import { Organisation } from "../models/organisation.ts";
import { Preferences } from "../models/preferences.ts";
import { Session } from "../models/session.ts";
import type { ServerSettings } from "../models/contract.ts";
import { tie } from "./browser.ts";
import { isHandFirst, watchHand } from "./hand.ts";
import { ModelContext } from "../views/hooks/context.ts";
import { isLeft } from "../views/hooks/cover.ts";
import { Shell } from "./shell.tsx";

/** So long the connection waits for the first paint. */
const BONES_MS = 250;
const locks = navigator.locks as Locks | undefined;
const { origin } = location;

function alone<T>(work: () => Promise<T>): Promise<T> {
  return locks === undefined ? work() : locks.request("messenger-renewal", {}, work);
}

function serverSettings(): ServerSettings {
  const given = document.querySelector<HTMLMetaElement>('meta[name="settings"]')?.content;
  return JSON.parse(given ?? "{}") as ServerSettings;
}

/** A conversation is shown as it comes; of a flood, ten pictures a second. */
const TAKEN_AT_ONCE = 5;
const TAKEN_EVERY_MS = 100;
/** Somebody who types without a pause sees what comes meanwhile, too. */
const GIVING_WAY_MS = 250;

const now = (): number => performance.now();

function build(): Model {
  const settings = serverSettings();
  const http = new Http({
    origin,
    fetch: (address, init) => fetch(address, init),
    now: () => Date.now(),
    alone,
  });
  const world = {
    http,
    clock: systemClock,
    connect: () =>
      new WebSocket(desktop?.socket ?? `${origin.replace(/^http/, "ws")}/api/v1/ws`, "messenger.v1.json") as RawSocket,
    locks,
    channel: (name: string) => new BroadcastChannel(name),
    commonTitles: settings.common_titles,
    memory: localStorage,
    // Where there is nothing to show before the first answer, its bones are no paint.
    shown: Promise.race([painted, new Promise((done) => setTimeout(done, document.hidden ? 0 : BONES_MS))]),
    pace: givingWay(paced(TAKEN_AT_ONCE, TAKEN_EVERY_MS, now), isHandFirst, GIVING_WAY_MS, now),
  };
  const organisation = new Organisation(http, localStorage, settings.organisation);
  const session = new Session({
    world,
    channel: new BroadcastChannel("messenger-session"),
    settings,
    told: (told) => organisation.keep(told.organisation),
    databases: async () => {
      const found = (await indexedDB.databases?.()) ?? [];
      return found.flatMap(({ name }) => name ?? []);
    },
  });
  return {
    session,
    router: new Router(window, isLeft),
    keys: new Keys<Key>(/Mac|iPhone|iPad/.test(navigator.userAgent)),
    words: new Words(catalogs({ en, ru })),
    preferences: new Preferences(localStorage),
    organisation,
    account: session.account,
    update: signal(null),
  };
}

async function start(): Promise<void> {
  const model = build();
  const { session, words, preferences } = model;
  tie(model);
  watchHand();
  effect(() => {
    // Before the local data is open, the language of who was here last: the other is not fetched.
    const me = model.account.value?.people.me.value ?? session.remembered();
    const chosen = me?.locale ?? preferences.locale.value;
    const wanted = chosen === null || chosen === undefined ? [...navigator.languages] : [chosen];
    void words.choose(...wanted, session.settings.default_locale ?? "en");
  });
  await Promise.all([words.ready, session.start()]);
  const root = document.getElementById("app");
  if (root === null) throw new Error("the shell has no #app");
  root.replaceChildren();
  render(
    <ModelContext.Provider value={model}>
      <Shell />
    </ModelContext.Provider>,
    root,
  );
}

void start();
