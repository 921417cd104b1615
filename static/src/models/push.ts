// Web push on this device, for one account: whether it is on, subscribing and leaving, and the person's
// other devices. Not in the first load.

import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { Clock } from "../lib/clock.ts";
import { ApiError, Unreachable } from "../lib/errors.ts";
import type { Http } from "../lib/http.ts";
import { browserPush, type Lack, NoService, type PushDevice } from "../lib/push.ts";
import type { Account } from "./account.ts";
import { type Mark, readMark, staleMark, type Wish, writeMark } from "./push-mark.ts";
import type { NewSubscription, PushKey, PushSubscription, Tested } from "./types.ts";
import type { Memory } from "./unsaved.ts";

/** `tabs`: allowed, but the browser subscribes to nothing; tabs that are open tell by themselves. */
export type PushState = "looking" | Lack | "denied" | "off" | "tabs" | "on";

/** Why a push service took nothing: for programs, with the HTTP status there was, and in English. */
export interface Failure {
  code?: PushSubscription["error_code"];
  status?: number | null;
  error?: string | null;
}

/** What became of a test. */
export type Tried = ({ taken: false } & Failure) | { taken: true; came: boolean };

interface Parts {
  user_id: number;
  http: Http;
  clock: Clock;
  device: PushDevice;
  memory: Memory;
}

/** Said again after so long: the server may have forgotten a device. */
const SAID_AGAIN_MS = 86_400_000;
const TEST_WITHIN_MS = 3_000;
const LOOKED_EVERY_MS = 600;

export class Push {
  readonly #parts: Parts;
  readonly #state = signal<PushState>("looking");
  readonly state: ReadonlySignal<PushState> = this.#state;
  /** Of several at once the next waits: the browser has one subscription. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
    void this.look();
    if (parts.device.lack() === null) parts.device.onPermission(() => void this.look());
  }

  /** See what the browser says now. */
  look(): Promise<void> {
    return this.#inOrder(async () => {
      this.#state.value = this.#obstacle() ?? (await this.#wished());
    });
  }

  /** Ask for the permission, and subscribe. Call it in a click. Raises ApiError, Unreachable. */
  async on(locale: string): Promise<void> {
    const { device } = this.#parts;
    if (device.lack() !== null) return;
    // At once: what comes after another wait is no click any more.
    const permission = await device.ask();
    await this.#inOrder(async () => {
      if (permission === "granted") await this.#join(locale);
      else this.#state.value = permission === "denied" ? "denied" : "off";
    });
  }

  /** Nothing tells of anything on this device any more, before somebody switches it on again. */
  off(): Promise<void> {
    return this.#inOrder(async () => {
      const own = this.#own();
      this.#remember("off");
      this.#state.value = "off";
      await this.#parts.device.unsubscribe();
      if (own === null || own.endpoint === "") return;
      // A push service that says "gone" does the same, later.
      const mine = (await this.#listed()).find(({ current }) => current);
      if (mine !== undefined) await this.#drop(mine.id);
    });
  }

  /** See to it that pushes come where they were switched on: the keys, the session and the language may
   * be others than they were. */
  keep(locale: string): Promise<void> {
    return this.#inOrder(async () => {
      const mark = readMark(this.#parts.memory);
      if (mark === null || mark === "off" || this.#obstacle() !== null) return;
      if (mark.user_id !== this.#parts.user_id) return await this.#leave();
      try {
        await this.#join(locale);
      } catch (error) {
        // With the next start.
        if (!(error instanceof ApiError || error instanceof Unreachable)) throw error;
      }
    });
  }

  /** The person's devices, the newest first; this one is said anew where the server has forgotten it. */
  async devices(locale: string): Promise<PushSubscription[]> {
    const found = await this.#listed();
    if (this.#state.peek() !== "on" || found.some(({ current }) => current)) return found;
    staleMark(this.#parts.memory);
    await this.keep(locale);
    return this.#listed();
  }

  async remove({ id, current }: PushSubscription): Promise<void> {
    if (current) await this.off();
    else await this.#drop(id);
  }

  /** Push to one of the devices: whether its service took it, and whether the device says that it came. */
  async test({ id }: PushSubscription): Promise<Tried> {
    const { clock, device, http } = this.#parts;
    const until = clock.now() + TEST_WITHIN_MS;
    const came = new Set<string>();
    const end = device.onTest((test) => came.add(test));
    try {
      const tested = await http.change<Tested>("POST", "/push/test", { subscription_id: id });
      if (!tested.accepted) return { taken: false, code: tested.error_code, status: tested.status, error: tested.error };
      while (clock.now() < until) {
        if (came.has(tested.id) || (await this.#received(id))) return { taken: true, came: true };
        await new Promise<void>((done) => clock.after(LOOKED_EVERY_MS, done));
      }
      return { taken: true, came: came.has(tested.id) };
    } finally {
      end();
    }
  }

  async #received(id: string): Promise<boolean> {
    return (await this.#listed()).some((each) => each.id === id && each.received_at !== null);
  }

  #obstacle(): PushState | null {
    const { device } = this.#parts;
    const lack = device.lack();
    if (lack !== null) return lack;
    const permission = device.permission();
    return permission === "denied" ? "denied" : permission === "default" ? "off" : null;
  }

  async #wished(): Promise<PushState> {
    const mark = this.#own();
    if (mark === null) return "off";
    if (mark.endpoint === "") return "tabs";
    return (await this.#parts.device.subscription()) === null ? "off" : "on";
  }

  /** What is remembered, if it is this account's. */
  #own(): Mark | null {
    const mark = readMark(this.#parts.memory);
    return mark === null || mark === "off" || mark.user_id !== this.#parts.user_id ? null : mark;
  }

  async #join(locale: string): Promise<void> {
    const { clock, device, http, user_id } = this.#parts;
    const { key } = await http.get<PushKey>("/push/key");
    try {
      const found = await device.subscribe(key);
      const { endpoint } = found;
      const known = this.#own();
      const said = known?.endpoint === endpoint && known.key === key && known.locale === locale;
      if (!said || clock.now() - known.at > SAID_AGAIN_MS) {
        const before = known?.endpoint === endpoint ? null : known?.endpoint || null;
        const body: NewSubscription = { endpoint, keys: found.keys, key, locale, replaces: before };
        await http.change("POST", "/push/subscriptions", body);
        this.#remember({ user_id, endpoint, key, locale, at: clock.now() });
      }
      this.#state.value = "on";
    } catch (error) {
      if (!(error instanceof NoService)) throw error;
      // They are told by tabs that are open, and asked about push with the next start.
      this.#remember({ user_id, endpoint: "", key, locale, at: 0 });
      this.#state.value = "tabs";
    }
  }

  async #leave(): Promise<void> {
    this.#remember(null);
    this.#state.value = "off";
    await this.#parts.device.unsubscribe();
  }

  async #listed(): Promise<PushSubscription[]> {
    return (await this.#parts.http.page<PushSubscription>("/push/subscriptions")).data;
  }

  async #drop(id: string): Promise<void> {
    await this.#parts.http.change("DELETE", `/push/subscriptions/${id}`);
  }

  #remember(wish: Wish): void {
    writeMark(this.#parts.memory, wish);
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => {});
    return next;
  }
}

const made = new WeakMap<Account, Push>();

/** The same for the same account. */
export function pushOf(account: Account): Push {
  let found = made.get(account);
  if (found === undefined) {
    const { clock, http, user_id } = account;
    made.set(account, (found = new Push({ user_id, http, clock, device: browserPush, memory: localStorage })));
  }
  return found;
}
