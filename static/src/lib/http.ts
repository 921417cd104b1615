// REST: one request, its answer or a typed error; access tokens are fetched and renewed by
// themselves. Knows addresses and tokens, not what is in an answer. The refresh token is in a
// cookie that no script sees.

import { ApiError, type ErrorBody, SignedOut, Unreachable } from "./errors.ts";

export const BASE = "/api/v1";
const ANSWER_WITHIN_MS = 20_000;
/** So long before its end a token counts as run out: the request still has to travel. */
const EARLY_MS = 20_000;

export type Query = Record<string, string | number | boolean | undefined>;

export interface Ask {
  query?: Query;
  body?: unknown;
  /** An Idempotency-Key: a repeat with it changes nothing. */
  key?: string;
}

export interface Page<T> {
  data: T[];
  next: string | number | null;
}

export interface Tokens<U> {
  access: string;
  expires_in: number;
  user: U;
  /** The password was made by somebody else: nothing works before another is chosen. */
  must_change_password?: boolean;
}

export interface HttpParts {
  origin: string;
  fetch: typeof fetch;
  now: () => number;
  /** Runs its argument while no other tab does: of two renewals at once one may come too late. */
  alone: <T>(work: () => Promise<T>) => Promise<T>;
}

export class Http {
  readonly #parts: HttpParts;
  #access: { token: string; until: number } | null = null;
  #renewal: Promise<string> | null = null;
  /** Whose requests these are. The cookie is the browser's: another tab may have put in another. */
  owner: number | null = null;
  /** Called when the server no longer knows the session. */
  onSignedOut: () => void = () => {};

  constructor(parts: HttpParts) {
    this.#parts = parts;
  }

  get<T>(path: string, query?: Query): Promise<T> {
    return this.ask<{ data: T }>("GET", path, query ? { query } : {}).then((answer) => answer.data);
  }

  page<T, Beside = object>(path: string, query?: Query): Promise<Page<T> & Beside> {
    return this.ask("GET", path, query ? { query } : {});
  }

  change<T>(method: string, path: string, body?: unknown, key?: string): Promise<T> {
    const asked: Ask = { body, ...(key === undefined ? {} : { key }) };
    return this.ask<{ data: T }>(method, path, asked).then((answer) => answer.data);
  }

  ask<T>(method: string, path: string, asked: Ask = {}): Promise<T> {
    return this.withToken((token) => this.#send<T>(method, path, asked, token));
  }

  /** Do something with a token; once more with a fresh one when it has run out on the way. */
  async withToken<T>(work: (token: string) => Promise<T>): Promise<T> {
    const { owner } = this;
    const own = async (spent?: string): Promise<string> => {
      const token = await this.token(spent);
      // Somebody else came in while it was waited for.
      if (this.owner !== owner) throw new SignedOut();
      return token;
    };
    const token = await own();
    try {
      return await work(token);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      return await work(await own(token));
    }
  }

  /** A usable access token; another one than `spent`. */
  async token(spent?: string): Promise<string> {
    const held = this.#access;
    if (held && held.token !== spent && this.#parts.now() < held.until) return held.token;
    this.#renewal ??= this.#renew().finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  /** Ask as nobody: what strangers may know. */
  open<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.#send<{ data: T }>(method, path, body === undefined ? {} : { body }).then(({ data }) => data);
  }

  /** Sign in by name and password, or register: whatever answers with tokens. */
  async enter<U>(path: string, body: object): Promise<Tokens<U>> {
    const answer = await this.#send<{ data: Tokens<U> }>("POST", path, {
      body: { ...body, cookie: true },
    });
    return this.#keep(answer.data);
  }

  /** Renew the session by the cookie; raises SignedOut when there is none any more. */
  async resume<U>(): Promise<Tokens<U>> {
    try {
      const answer = await this.#parts.alone(() =>
        this.#send<{ data: Tokens<U> }>("POST", "/auth/refresh", { body: {} }),
      );
      if (!this.#isOwner(answer.data.user)) throw new SignedOut();
      return this.#keep(answer.data);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) throw new SignedOut();
      throw error;
    }
  }

  #isOwner(user: unknown): boolean {
    return this.owner === null || (user as { id: number }).id === this.owner;
  }

  async leave(): Promise<void> {
    const token = this.#access?.token;
    this.#access = null;
    await this.#send("POST", "/auth/logout", { body: {} }, token);
  }

  forget(): void {
    this.#access = null;
  }

  async #renew(): Promise<string> {
    try {
      return (await this.resume()).access;
    } catch (error) {
      if (error instanceof SignedOut) this.onSignedOut();
      throw error;
    }
  }

  #keep<U>(tokens: Tokens<U>): Tokens<U> {
    const until = this.#parts.now() + tokens.expires_in * 1000 - EARLY_MS;
    this.#access = { token: tokens.access, until };
    return tokens;
  }

  async #send<T>(method: string, path: string, asked: Ask, token?: string): Promise<T> {
    const headers: Record<string, string> = {};
    if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
    if (asked.key !== undefined) headers["Idempotency-Key"] = asked.key;
    const request: RequestInit = {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    };
    if (asked.body instanceof FormData) {
      request.body = asked.body;
    } else if (asked.body !== undefined) {
      headers["Content-Type"] = "application/json";
      request.body = JSON.stringify(asked.body);
    }
    const address = `${this.#parts.origin}${BASE}${path}${written(asked.query)}`;
    return read<T>(await this.#fetch(address, request));
  }

  async #fetch(address: string, request: RequestInit): Promise<Response> {
    try {
      return await this.#parts.fetch(address, request);
    } catch (error) {
      throw new Unreachable(error);
    }
  }
}

const REFUSED_BY_PROXY = new Set([400, 403, 404, 405, 413, 414, 415, 422, 431]);

/** What a response says; raises ApiError, or Unreachable where it is no word of the server's. */
export async function read<T>(response: Response): Promise<T> {
  let body: unknown;
  try {
    body = await response.json();
  } catch (error) {
    // A proxy's own page, or an answer that was cut off: not the server's word. But a proxy that
    // will not pass something on says so every time: that is no lack of a connection.
    if (!REFUSED_BY_PROXY.has(response.status)) throw new Unreachable(error);
    const code = response.status === 413 ? "too_large" : "internal";
    throw new ApiError({ code, message: response.statusText }, response.status);
  }
  if (response.ok) return body as T;
  const said = (body as { error?: ErrorBody }).error;
  if (said === undefined) throw new Unreachable();
  throw new ApiError(said, response.status, response.headers.get("X-Request-Id"));
}

function written(query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  if (given.length === 0) return "";
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
