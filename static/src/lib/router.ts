// The address is the place one sees: what an address means, and how to write it. Moves through the
// browser's history; knows nothing of what is shown there.

import { type ReadonlySignal, signal } from "@preact/signals-core";
import { site } from "./desktop.ts";

const FILES_TABS = ["media", "documents", "links", "voice"] as const;
export type FilesTab = (typeof FILES_TABS)[number];

export type Place =
  | { name: "chats" }
  | { name: "chat"; chat_id: number; seq?: number; find?: string }
  | { name: "files"; chat_id: number; tab: FilesTab }
  | { name: "board"; chat_id: number; filters: Record<string, string> }
  | { name: "task"; task_id: number }
  | { name: "tasks"; filters?: Record<string, string> }
  | { name: "people" }
  | { name: "person"; user_id: number }
  | { name: "search"; q: string; kind?: string }
  | { name: "settings"; section?: string }
  | { name: "admin"; section?: string }
  | { name: "welcome" }
  | { name: "sign-in" }
  | { name: "register" }
  | { name: "invite"; code: string }
  | { name: "letter"; of: string; code: string }
  | { name: "missing" };

/** The part of `window` that is used. */
export interface Frame {
  location: { href: string; origin: string };
  history: {
    pushState(data: unknown, unused: string, url: string): void;
    replaceState(data: unknown, unused: string, url: string): void;
    back(): void;
    readonly length: number;
    readonly state: unknown;
  };
  /** The Navigation API, where there is one. */
  navigation?: {
    entries(): { key: string }[];
    readonly currentEntry: { index: number } | null;
    traverseTo(key: string): { committed?: Promise<unknown>; finished?: Promise<unknown> };
  };
  addEventListener(type: "popstate", listener: () => void): void;
}

export function placeOf(address: URL): Place {
  // What was mailed comes behind the #, where no server's log sees it.
  const [, of, mailed = ""] = /^#\/(invite|reset|email)\/([^/?]+)$/.exec(address.hash) ?? [];
  if (of !== undefined) {
    const code = decodeURIComponent(mailed);
    return of === "invite" ? { name: of, code } : { name: "letter", of, code };
  }
  const [first = "", second, third] = address.pathname.split("/").filter((part) => part !== "");
  const id = numberOf(second);
  switch (first) {
    case "":
      return { name: "chats" };
    case "chat": {
      const seq = numberOf(third);
      if (id === null) break;
      const tab = FILES_TABS.find((each) => each === third);
      if (tab) return { name: "files", chat_id: id, tab };
      const find = address.searchParams.get("find");
      return { name: "chat", chat_id: id, ...(seq === null ? {} : { seq }), ...(find && { find }) };
    }
    case "board":
      if (id === null) break;
      return { name: "board", chat_id: id, filters: Object.fromEntries(address.searchParams) };
    case "task":
      if (id === null) break;
      return { name: "task", task_id: id };
    case "people":
      return id === null ? { name: "people" } : { name: "person", user_id: id };
    case "search":
      return { q: "", ...Object.fromEntries(address.searchParams), name: first };
    case "settings":
    case "admin":
      return { name: first, ...(second === undefined ? {} : { section: second }) };
    case "invite":
      if (second === undefined) break;
      return { name: "invite", code: decodeURIComponent(second) };
    case "tasks":
      return { name: first, filters: Object.fromEntries(address.searchParams) };
    case "welcome":
    case "sign-in":
    case "register":
      return { name: first };
  }
  return { name: "missing" };
}

export function hrefOf(place: Place): string {
  switch (place.name) {
    case "chats":
      return "/";
    case "chat":
      return `/chat/${place.chat_id}${place.seq === undefined ? "" : `/${place.seq}`}${queryOf(place.find ? { find: place.find } : {})}`;
    case "files":
      return `/chat/${place.chat_id}/${place.tab}`;
    case "board":
      return `/board/${place.chat_id}${queryOf(place.filters)}`;
    case "task":
      return `/task/${place.task_id}`;
    case "person":
      return `/people/${place.user_id}`;
    case "search":
      return `/search${queryOf({ ...(place.q && { q: place.q }), ...(place.kind && { kind: place.kind }) })}`;
    case "tasks":
      return `/tasks${queryOf(place.filters ?? {})}`;
    case "settings":
    case "admin":
      return `/${place.name}${place.section === undefined ? "" : `/${place.section}`}`;
    case "invite":
      return `/#/invite/${encodeURIComponent(place.code)}`;
    case "letter":
      return `/#/${place.of}/${place.code}`;
    case "missing":
      return "/";
    default:
      return `/${place.name}`;
  }
}

const INSIDE = { inside: true };

export class Router {
  readonly #frame: Frame;
  readonly #place;
  readonly place: ReadonlySignal<Place>;
  readonly #isLeft: (state: unknown) => boolean;
  /** The step one is at: what it was given, and how many are before it. */
  #step: { state: unknown; index: number | null };

  /** `isLeft`: whether nothing would be seen of a step that was given this. */
  constructor(frame: Frame, isLeft: (state: unknown) => boolean = () => false) {
    this.#frame = frame;
    this.#isLeft = isLeft;
    this.#step = this.#stepNow();
    this.#place = signal<Place>(placeOf(new URL(frame.location.href)));
    this.place = this.#place;
    frame.addEventListener("popstate", () => this.#read());
  }

  href(place: Place): string {
    return hrefOf(place);
  }

  go(place: Place, options: { replace?: boolean } = {}): void {
    const address = hrefOf(place);
    const here = new URL(this.#frame.location.href);
    const same = address === here.pathname + here.search + here.hash;
    const { history } = this.#frame;
    if (same) history.replaceState(history.state, "", address);
    // What covered the place that was here is not over the new one.
    else if (options.replace) history.replaceState(isInside(history.state) ? INSIDE : null, "", address);
    else history.pushState(INSIDE, "", address);
    this.#step = this.#stepNow();
    this.#place.value = place;
  }

  /** A step of its own for what covers the place, or something else for the step one is at. */
  cover(data: object, options: { replace?: boolean } = {}): void {
    const { history, location } = this.#frame;
    const state = { ...INSIDE, ...data };
    if (options.replace) history.replaceState(state, "", location.href);
    else history.pushState(state, "", location.href);
    this.#step = this.#stepNow();
  }

  /** Follow an address of this site; false when it is another's. */
  follow(href: string): boolean {
    const address = new URL(href, this.#frame.location.href);
    if (address.origin !== this.#frame.location.origin && address.origin !== site) return false;
    const place = placeOf(address);
    if (place.name === "missing") return false;
    this.go(place);
    return true;
  }

  /** Back to where one came from inside the app; from outside, to the chats. */
  back(): void {
    if (isInside(this.#frame.history.state)) this.#backInside();
    else this.go({ name: "chats" }, { replace: true });
  }

  /** By name: Chromium's `history.back()` may skip a place nobody pressed anything at, and leave. */
  #backInside(): void {
    const { navigation, history } = this.#frame;
    const before = navigation?.entries()[(navigation.currentEntry?.index ?? 0) - 1];
    if (navigation === undefined || before === undefined) return history.back();
    const { committed, finished } = navigation.traverseTo(before.key);
    // Given up for the next move: that one counts.
    for (const end of [committed, finished]) end?.catch(() => {});
  }

  #read(): void {
    const place = placeOf(new URL(this.#frame.location.href));
    const before = this.#step;
    const now = (this.#step = this.#stepNow());
    // A step of what was open over the place: that stays the one it was.
    const here = this.#place.peek();
    const same = hrefOf(place) === hrefOf(here) && place.name === here.name;
    const forward = now.index !== null && before.index !== null && now.index > before.index;
    const unseen = this.#isLeft(now.state) || (same ? this.#isLeft(before.state) : isEarlier(place, here));
    if (!same) this.#place.value = place;
    if (!unseen || forward || !isInside(now.state)) return;
    // Nobody would see that back was pressed. Where this leads to is not passed over for what was here.
    this.#step = { ...now, state: null };
    this.#backInside();
  }

  #stepNow(): { state: unknown; index: number | null } {
    const { history, navigation } = this.#frame;
    return { state: history.state, index: navigation?.currentEntry?.index ?? null };
  }
}

function isInside(state: unknown): boolean {
  return (state as { inside?: boolean } | null)?.inside === true;
}

/** The chat as it was before one went to a message of it: it stands there still. */
function isEarlier(place: Place, here: Place): boolean {
  if (place.name !== "chat" || here.name !== "chat" || place.chat_id !== here.chat_id) return false;
  return here.seq !== undefined && place.seq === undefined && place.find === undefined;
}

function numberOf(part: string | undefined): number | null {
  // A task made offline has a negative number until the server has given it one.
  return part !== undefined && /^-?[1-9][0-9]{0,15}$/.test(part) ? Number(part) : null;
}

function queryOf(given: Record<string, string>): string {
  const query = new URLSearchParams(given).toString();
  return query === "" ? "" : `?${query}`;
}
