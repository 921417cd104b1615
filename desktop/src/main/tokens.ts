// The session at one server. The refresh token stays here; pages get access tokens, and what was
// answered beside them.

import type { Store } from "./electron.ts";
import type { Vault } from "./vault.ts";

const WITHIN_MS = 20_000;
/** So long before its end a token counts as run out: what it is for has still to travel. */
const EARLY_MS = 20_000;

interface Granted {
  access: string;
  refresh: string | null;
  expires_in: number;
}

export interface TokensParts {
  id: string;
  address: string;
  fetch: Store["fetch"];
  vault: Vault;
  now: () => number;
  /** What the list of sessions calls this device. */
  device: string;
}

export class Tokens {
  readonly #parts: TokensParts;
  #access: { token: string; until: number } | null = null;
  #renewal: Promise<Response> | null = null;

  constructor(parts: TokensParts) {
    this.#parts = parts;
  }

  /** Sign in or register: `path` is what the page asked, `body` what it wrote. */
  async enter(path: string, body: object, locale: string | null): Promise<Response> {
    const asked = { ...body, cookie: undefined, device: this.#parts.device };
    return this.#kept(await this.#post(path, asked, locale === null ? {} : { "Accept-Language": locale }));
  }

  /** Fresh tokens; of several at once one is asked for, as each may be used once. */
  async renew(): Promise<Response> {
    this.#renewal ??= this.#renew().finally(() => (this.#renewal = null));
    return (await this.#renewal).clone();
  }

  /** A usable access token; null when nobody is signed in. Rejects without a connection. */
  async access(): Promise<string | null> {
    const held = this.#access;
    if (held !== null && this.#parts.now() < held.until) return held.token;
    const answer = await this.renew();
    if (answer.status >= 500) throw new Error(`HTTP ${answer.status}`);
    return answer.ok ? (this.#access?.token ?? null) : null;
  }

  /** Sign out. What was kept is gone once the server knows; without a connection it is asked again. */
  async leave(authorization: string | null): Promise<Response> {
    const refresh = this.#parts.vault.get(this.#parts.id);
    const headers: Record<string, string> = authorization === null ? {} : { Authorization: authorization };
    const answer = await this.#post("/auth/logout", { refresh: refresh ?? "" }, headers);
    if (answer.ok || answer.status === 401) this.forget();
    return answer;
  }

  forget(): void {
    this.#access = null;
    this.#parts.vault.forget(this.#parts.id);
  }

  async #renew(): Promise<Response> {
    const refresh = this.#parts.vault.get(this.#parts.id);
    if (refresh === null) return said({ error: { code: "unauthorized", message: "Nobody is signed in here." } }, 401);
    const answer = await this.#post("/auth/refresh", { refresh }, {});
    // Somebody signed out, or in, meanwhile: what is kept now is another's.
    if (answer.status === 401 && this.#parts.vault.get(this.#parts.id) === refresh) this.forget();
    return this.#kept(answer);
  }

  /** Keep the refresh token; what is left of the answer is for the page. */
  async #kept(answer: Response): Promise<Response> {
    if (!answer.ok) return answer;
    const { data } = (await answer.json()) as { data: Granted };
    if (typeof data.refresh !== "string") return said({ error: { code: "internal", message: "no refresh token" } }, 502);
    this.#parts.vault.put(this.#parts.id, data.refresh);
    this.#access = { token: data.access, until: this.#parts.now() + data.expires_in * 1000 - EARLY_MS };
    return said({ data: { ...data, refresh: null } }, answer.status);
  }

  #post(path: string, body: object, headers: Record<string, string>): Promise<Response> {
    return this.#parts.fetch(`${this.#parts.address}/api/v1${path}`, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify(body),
      credentials: "omit",
      redirect: "error",
      cache: "no-store",
      signal: AbortSignal.timeout(WITHIN_MS),
    });
  }
}

function said(body: object, status: number): Response {
  return Response.json(body, { status, headers: { "Cache-Control": "no-store" } });
}
