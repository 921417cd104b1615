// A way in that somebody has to open: a proxy that wants a name and a password, a server that wants a
// certificate. Electron asks for these on behalf of windows alone (`login`, `select-client-certificate`);
// a request of the main process is refused without a question. So a window that nobody sees asks the
// same server once: what was answered then holds for its whole partition, and the request is made again.

import type { Modules, Store } from "./electron.ts";
import { guard, ISOLATED } from "./security.ts";

/** What such a request ends with (Chromium, net/base/net_error_list.h). */
const BARRED = /ERR_(PROXY_AUTH|TUNNEL_CONNECTION_FAILED|SSL_CLIENT_AUTH|BAD_SSL_CLIENT_AUTH)/;
/** Who did not open does not want to be asked by every attempt to connect. */
const NOT_AGAIN_MS = 10 * 60_000;
const WITHIN_MS = 20_000;
/** What one window at the most takes: somebody looks up a password meanwhile. */
const OPEN_MS = 5 * 60_000;

export interface KnockParts {
  modules: Pick<Modules, "BrowserWindow">;
  store: Store;
  now: () => number;
}

export class Knock {
  readonly #parts: KnockParts;
  readonly #windows = new Set<number>();
  readonly #knocking = new Map<string, Promise<void>>();
  #notBefore = 0;

  constructor(parts: KnockParts) {
    this.#parts = parts;
  }

  /** Whether a request of a window is one of these. */
  isBy(contents: number | undefined): boolean {
    return contents !== undefined && this.#windows.has(contents);
  }

  /** Somebody is there who wants it to work: ask again. */
  readonly askAgain = (): void => void (this.#notBefore = 0);

  /** The partition's network; a request that was barred is made once more when the way was opened. */
  readonly fetch: Store["fetch"] = async (input, init) => {
    const first = await this.#tried(input, init);
    if (!isBarred(first) || this.#parts.now() < this.#notBefore || !isRepeatable(input, init)) return settled(first);
    await this.#knock(new URL(String(input)).origin);
    const again = await this.#tried(input, renewed(init));
    if (isBarred(again)) this.#notBefore = this.#parts.now() + NOT_AGAIN_MS;
    return settled(again);
  };

  async #tried(...asked: Parameters<Store["fetch"]>): Promise<Response | { error: unknown }> {
    return this.#parts.store.fetch(...asked).catch((error: unknown) => ({ error }));
  }

  /** One window for all that wait at the same door. */
  #knock(address: string): Promise<void> {
    const knocking = this.#knocking.get(address) ?? this.#ask(address).finally(() => this.#knocking.delete(address));
    this.#knocking.set(address, knocking);
    return knocking;
  }

  async #ask(address: string): Promise<void> {
    const { modules, store } = this.#parts;
    const window = new modules.BrowserWindow({
      show: false,
      webPreferences: { ...ISOLATED, session: store as never, javascript: false, images: false },
    });
    const { id } = window.webContents;
    this.#windows.add(id);
    guard(window.webContents, address, () => {});
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, OPEN_MS)));
    try {
      // What it answers is of no interest.
      await Promise.race([window.loadURL(`${address}/api/v1/server`).catch(() => {}), late]);
    } finally {
      clearTimeout(timer);
      this.#windows.delete(id);
      window.destroy();
    }
  }
}

function isBarred(came: Response | { error: unknown }): boolean {
  return "error" in came ? BARRED.test(String(came.error)) : came.status === 407;
}

function settled(came: Response | { error: unknown }): Response {
  if ("error" in came) throw came.error;
  return came;
}

/** What was streamed is gone, and what was given up is not wanted any more. */
function isRepeatable(input: Parameters<Store["fetch"]>[0], init: RequestInit | undefined): boolean {
  const body = init?.body ?? null;
  return typeof input === "string" && (body === null || typeof body === "string") && !isGivenUp(init);
}

function isGivenUp(init: RequestInit | undefined): boolean {
  return init?.signal?.aborted === true && (init.signal.reason as Error | undefined)?.name !== "TimeoutError";
}

/** Its time ran out while somebody typed. */
function renewed(init: RequestInit | undefined): RequestInit | undefined {
  return init?.signal?.aborted === true && !isGivenUp(init) ? { ...init, signal: AbortSignal.timeout(WITHIN_MS) } : init;
}
