// What the worker asks of the server, as whoever is signed in on this device: also with no page open.

declare const self: ServiceWorkerGlobalScope;

const BASE = "/api/v1";
const ANSWER_WITHIN_MS = 15_000;
/** The pages' own lock: of two renewals at once one may come too late. */
const RENEWAL = "messenger-renewal";
const EARLY_MS = 20_000;

interface Tokens {
  access: string;
  expires_in: number;
}

let held: { token: string; until: number } | null = null;

/** Ask with the session's token; null where the server refused, or nobody is signed in. Raises where
 * there is no answer. `key` makes a change that is asked for twice be done once. */
export async function ask<T>(method: string, path: string, body?: object, key?: string): Promise<T | null> {
  const token = await access();
  if (token === null) return null;
  const answer = await send(method, path, body, token, key);
  if (answer.status === 401) held = null;
  return answer.ok ? dataOf<T>(answer) : null;
}

/** Who signs out must not be answered for: a token is held no longer than the worker runs. */
async function access(): Promise<string | null> {
  if (held !== null && Date.now() < held.until) return held.token;
  const renew = async (): Promise<Tokens | null> => {
    const answer = await send("POST", "/auth/refresh", {});
    return answer.ok ? dataOf<Tokens>(answer) : null;
  };
  const tokens = await (self.navigator.locks?.request(RENEWAL, renew) ?? renew());
  if (tokens === null) return null;
  held = { token: tokens.access, until: Date.now() + tokens.expires_in * 1000 - EARLY_MS };
  return held.token;
}

export function forget(): void {
  held = null;
}

function send(method: string, path: string, body?: object, token?: string, key?: string): Promise<Response> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (key !== undefined) headers["Idempotency-Key"] = key;
  if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
  return fetch(BASE + path, {
    method,
    headers,
    credentials: "same-origin",
    cache: "no-store",
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function dataOf<T>(answer: Response): Promise<T> {
  const { data } = (await answer.json().catch(() => ({}))) as { data: T };
  return data;
}
