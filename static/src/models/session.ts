// Who is signed in here: entering, leaving, and what of their data stays. One account at a time;
// the local data of any other is removed before somebody else comes in.

import { type ReadonlySignal, signal } from "@preact/signals-core";
import { nameOf, removeDatabase } from "../lib/database.ts";
import { SignedOut, Unreachable } from "../lib/errors.ts";
import type { Channel } from "../lib/tabs.ts";
import { Account, type World } from "./account.ts";
import type { Me, ServerSettings } from "./types.ts";

/** The part of localStorage that is used. */
export interface Memory {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

export interface SessionParts {
  world: World;
  memory: Memory;
  channel: Channel;
  settings: ServerSettings;
  /** Names of the local databases there are. */
  databases: () => Promise<string[]>;
}

export interface Registration {
  username: string;
  password: string;
  display_name?: string;
  email?: string;
  invite?: string;
}

const ACCOUNT = "messenger.account";
/** Somebody signed out without a connection: the server has to be told yet. */
const LEAVING = "messenger.leaving";

type Said = "entered" | "left";

export class Session {
  readonly #parts: SessionParts;
  readonly #state = signal<"starting" | "out" | "in">("starting");
  readonly #ended = signal(false);
  readonly #account = signal<Account | null>(null);
  readonly settings: ServerSettings;
  readonly state: ReadonlySignal<"starting" | "out" | "in"> = this.#state;
  /** Whether it was the server that ended it. */
  readonly ended: ReadonlySignal<boolean> = this.#ended;
  readonly account: ReadonlySignal<Account | null> = this.#account;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.settings = parts.settings;
    parts.world.http.onSignedOut = () => void this.#endedByServer();
    parts.channel.onmessage = (event: { data: unknown }) => void this.#heard(event.data as Said);
  }

  /** Go on with the account that was here last, with or without a connection. */
  async start(): Promise<void> {
    await this.#finishLeaving();
    const me = this.remembered();
    if (me === null) this.#state.value = "out";
    else await this.#open(me);
  }

  async signIn(login: string, password: string): Promise<void> {
    await this.#enter("/auth/login", { login, password, device: deviceName() });
  }

  async register(asked: Registration): Promise<void> {
    await this.#enter("/auth/register", { ...asked, device: deviceName() });
  }

  /** Sign out and leave nothing of the account behind. */
  async signOut(): Promise<void> {
    const { memory, world, channel } = this.#parts;
    const account = this.#account.peek();
    memory.setItem(LEAVING, "yes");
    memory.removeItem(ACCOUNT);
    this.#close(false);
    channel.postMessage("left" satisfies Said);
    await account?.erase(false);
    await this.#finishLeaving();
    world.http.forget();
  }

  async #enter(path: string, asked: object): Promise<void> {
    const { http } = this.#parts.world;
    const { user } = await http.enter<Me>(path, asked);
    this.#parts.memory.removeItem(LEAVING);
    await this.#removeOthers(user.id);
    this.#remember(user);
    await this.#open(user);
    this.#parts.channel.postMessage("entered" satisfies Said);
  }

  async #open(me: Me): Promise<void> {
    const account = await Account.open(this.#parts.world, me, () => void this.#endedByServer());
    account.people.me.subscribe((now) => this.#remember(now));
    this.#account.value = account;
    this.#ended.value = false;
    this.#state.value = "in";
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
    this.#parts.memory.removeItem(ACCOUNT);
    this.#parts.world.http.forget();
    this.#close(true);
    this.#parts.channel.postMessage("left" satisfies Said);
    await account.erase(true);
  }

  /** Another tab has signed in or out; what is stored is its business. */
  async #heard(said: Said): Promise<void> {
    const account = this.#account.peek();
    if (said === "left" && account !== null) {
      this.#close(true);
      account.close();
      this.#parts.world.http.forget();
    }
    if (said === "entered" && account === null) await this.start();
  }

  async #finishLeaving(): Promise<void> {
    const { memory, world } = this.#parts;
    if (memory.getItem(LEAVING) === null) return;
    try {
      await world.http.leave();
    } catch (error) {
      // Without a connection: the next start tries again.
      if (error instanceof Unreachable) return;
      if (!(error instanceof SignedOut)) console.warn(error);
    }
    memory.removeItem(LEAVING);
  }

  async #removeOthers(user_id: number): Promise<void> {
    const names = await this.#parts.databases();
    const ids = names.flatMap((name) => /^messenger-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
    const others = ids.filter((id) => nameOf(id) !== nameOf(user_id));
    await Promise.all(others.map((id) => removeDatabase(id)));
  }

  /** Who was here last; null when they have left. */
  remembered(): Me | null {
    try {
      return JSON.parse(this.#parts.memory.getItem(ACCOUNT) ?? "null") as Me | null;
    } catch {
      return null;
    }
  }

  #remember(me: Me): void {
    // A late change must not bring back who has left.
    if (this.#parts.memory.getItem(LEAVING) !== null) return;
    this.#parts.memory.setItem(ACCOUNT, JSON.stringify(me));
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
