// Who is signed in here: entering, leaving, and what of their data stays. One account at a time; of
// any other nothing stays but what they wrote and the server never got, for their next sign-in.

import { type ReadonlySignal, signal } from "@preact/signals-core";
import { removeOthers } from "./database.ts";
import { ApiError, SignedOut, Unreachable } from "../lib/errors.ts";
import type { Channel } from "../lib/tabs.ts";
import { Account, type World } from "./account.ts";
import type { ServerSettings } from "./contract.ts";
import type { Me, PublicSettings, Registration } from "./types.ts";
import type { Memory } from "./unsaved.ts";

export interface SessionParts {
  world: World;
  channel: Channel;
  settings: ServerSettings;
  /** Hears what the server wants kept to, whenever it says so. */
  told?: (settings: PublicSettings) => void;
  /** Names of the local databases there are. */
  databases: () => Promise<string[]>;
}

/** Somebody who signed in with a password that was made for them. */
interface Newcomer {
  user: Me;
  password: string;
}

const ACCOUNT = "messenger.account";
/** Somebody signed out without a connection: the server has to be told yet. */
const LEAVING = "messenger.leaving";

interface Said {
  said: "entered" | "left";
  user_id: number;
}

export class Session {
  readonly #parts: SessionParts;
  readonly #memory: Memory;
  readonly #state = signal<"starting" | "out" | "in">("starting");
  readonly #ended = signal(false);
  readonly #account = signal<Account | null>(null);
  readonly #newcomer = signal<Newcomer | null>(null);
  /** What was here last, until all of it is gone. */
  #erasing: Promise<unknown> = Promise.resolve();
  readonly #settings;
  readonly state: ReadonlySignal<"starting" | "out" | "in"> = this.#state;
  /** Whether it was the server that ended it. */
  readonly ended: ReadonlySignal<boolean> = this.#ended;
  readonly account: ReadonlySignal<Account | null> = this.#account;
  /** Who has to choose a password before anything else; null when nobody has. */
  readonly newcomer: ReadonlySignal<Newcomer | null> = this.#newcomer;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#memory = parts.world.memory;
    this.#settings = signal(parts.settings);
    parts.world.http.onSignedOut = () => void this.#endedByServer();
    parts.channel.onmessage = (event: { data: unknown }) => void this.#heard(event.data as Said);
  }

  /** Of the server, as it said last; read where something is drawn, it is drawn anew. */
  get settings(): ServerSettings {
    return this.#settings.value;
  }

  /** Go on with the account that was here last, with or without a connection. */
  async start(): Promise<void> {
    await this.finishLeaving();
    const me = this.remembered();
    if (me === null) this.#state.value = "out";
    else await this.#open(me);
  }

  async signIn(login: string, password: string): Promise<void> {
    await this.#enter("/auth/login", { login, password, device: deviceName() }, password);
  }

  /** Put one's own password in the place of the one that somebody else made, and come in. */
  async choosePassword(chosen: string): Promise<void> {
    const newcomer = this.#newcomer.peek();
    if (newcomer === null) return;
    const change = { old: newcomer.password, new: chosen };
    await this.#parts.world.http.change("POST", "/auth/password", change, crypto.randomUUID());
    await this.#admit(newcomer.user);
  }

  /** Sign in as somebody else after all. */
  async turnBack(): Promise<void> {
    this.#newcomer.value = null;
    this.#memory.setItem(LEAVING, "yes");
    await this.finishLeaving();
    this.#parts.world.http.forget();
  }

  /** Ask as nobody, who is not signed in; raises ApiError. */
  open<T>(path: string, asked: object): Promise<T> {
    return this.#parts.world.http.open("POST", `/auth/${path}`, asked);
  }

  async register(asked: Registration): Promise<void> {
    await this.#enter("/auth/register", { ...asked, device: deviceName() }, asked.password);
  }

  /** Sign out and leave nothing of the account behind. */
  async signOut(): Promise<void> {
    const { world } = this.#parts;
    const account = this.#account.peek();
    this.#memory.setItem(LEAVING, "yes");
    this.#memory.removeItem(ACCOUNT);
    this.#close(false);
    if (account !== null) this.#say("left", account.user_id);
    await account?.erase(false);
    await this.finishLeaving();
    world.http.forget();
  }

  async #enter(path: string, asked: object, password: string): Promise<void> {
    const { http } = this.#parts.world;
    // First who left without a connection: with the new cookie nobody could sign them out any more.
    await this.finishLeaving();
    if (this.#memory.getItem(LEAVING) !== null) throw new Unreachable();
    const { user, must_change_password } = await http.enter<Me>(path, asked);
    http.owner = user.id;
    if (must_change_password) this.#newcomer.value = { user, password };
    else await this.#admit(user);
  }

  async #admit(user: Me): Promise<void> {
    this.#newcomer.value = null;
    // What is still being erased would be taken for what waits to be sent.
    await this.#erasing;
    await this.#removeOthers(user.id);
    this.#remember(user);
    await this.#open(user);
    this.#say("entered", user.id);
  }

  #say(said: Said["said"], user_id: number): void {
    this.#parts.channel.postMessage({ said, user_id } satisfies Said);
  }

  async #open(me: Me): Promise<void> {
    this.#parts.world.http.owner = me.id;
    const account = await Account.open(this.#parts.world, me, () => void this.#endedByServer());
    account.people.me.subscribe((now) => this.#remember(now));
    account.changes.hear((changes) => {
      for (const change of changes) if (change.kind === "settings") this.#keep(change.settings);
    });
    this.#account.value = account;
    this.#ended.value = false;
    this.#state.value = "in";
  }

  #keep(settings: PublicSettings): void {
    this.#settings.value = settings as ServerSettings;
    this.#parts.told?.(settings);
  }

  #close(ended: boolean): void {
    this.#account.value = null;
    this.#ended.value = ended;
    this.#state.value = "out";
  }

  /** What one wrote and the server never got stays, for the same person's next sign-in. */
  async #endedByServer(): Promise<void> {
    const account = this.#account.peek();
    if (account === null) return;
    const { world } = this.#parts;
    // Perhaps somebody else has signed in here meanwhile: theirs stays.
    const replaced = this.remembered()?.id !== account.user_id;
    if (!replaced) this.#memory.removeItem(ACCOUNT);
    world.http.forget();
    this.#close(true);
    if (!replaced) this.#say("left", account.user_id);
    this.#erasing = account.erase(true);
    await this.#erasing;
    if (replaced) await this.start();
  }

  /** Another tab has signed in or out; what is stored is its business. */
  async #heard({ said, user_id }: Said): Promise<void> {
    const account = this.#account.peek();
    const own = account?.user_id === user_id;
    if (account !== null && own === (said === "left")) {
      this.#close(true);
      account.close();
      this.#parts.world.http.forget();
    }
    if (said === "entered" && !own) await this.start();
  }

  /** Tell the server of somebody who signed out without a connection. */
  async finishLeaving(): Promise<void> {
    const { world } = this.#parts;
    if (this.#memory.getItem(LEAVING) === null) return;
    try {
      await world.http.leave();
    } catch (error) {
      // Without a connection: it is tried again when there is one, and before anybody signs in.
      if (error instanceof Unreachable && !(error instanceof SignedOut)) return;
      if (error instanceof ApiError && error.passes) return;
    }
    this.#memory.removeItem(LEAVING);
  }

  async #removeOthers(user_id: number): Promise<void> {
    const names = await this.#parts.databases();
    const ids = names.flatMap((name) => /^messenger-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
    await Promise.all(ids.filter((id) => id !== user_id).map(removeOthers));
  }

  /** Who was here last; null when they have left. */
  remembered(): Me | null {
    try {
      return JSON.parse(this.#memory.getItem(ACCOUNT) ?? "null") as Me | null;
    } catch {
      return null;
    }
  }

  #remember(me: Me): void {
    // A late change must not bring back who has left.
    if (this.#memory.getItem(LEAVING) !== null) return;
    this.#memory.setItem(ACCOUNT, JSON.stringify(me));
  }
}

/** What the list of sessions calls this device. */
function deviceName(): string {
  const agent = globalThis.navigator?.userAgent ?? "";
  const browsers = [
    ["Edg/", "Edge"],
    ["Firefox/", "Firefox"],
    ["Chrome/", "Chrome"],
    ["Safari/", "Safari"],
  ] as const;
  const systems = ["Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux"];
  const browser = browsers.find(([sign]) => agent.includes(sign))?.[1];
  const system = systems.find((name) => agent.includes(name))?.replace("Macintosh", "macOS");
  return [browser, system].filter((part) => part !== undefined).join(", ") || "browser";
}
