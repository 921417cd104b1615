// Whether there is a Messenger at an address, and one this client can talk to.

import type { Store } from "./electron.ts";

/** The levels of the API that this client speaks (`connection.welcome`, docs/protocol.md). */
export const LEVELS = { least: 1, most: 1 };
const WITHIN_MS = 15_000;

/** What `GET /api/v1/server` says: what a client has to know before anybody is signed in. */
export interface About {
  product: "messenger";
  api_level: number;
  settings: { organisation: { name: string; accent: string; locale: string }; default_locale: string } & Record<string, unknown>;
}

export type Problem = "unreachable" | "no_such_host" | "refused" | "certificate" | "not_messenger" | "server_old" | "client_old" | "proxy";
export type Probed = { about: About } | { problem: Problem; detail: string };

/** Ask who is there, over the network as this machine is set to reach it. */
export async function probe(fetch: Store["fetch"], address: string): Promise<Probed> {
  let answer: Response;
  try {
    answer = await fetch(`${address}/api/v1/server`, {
      credentials: "omit",
      redirect: "error",
      cache: "no-store",
      signal: AbortSignal.timeout(WITHIN_MS),
    });
  } catch (error) {
    return failed(error);
  }
  const detail = `HTTP ${answer.status}`;
  if (answer.status === 407) return { problem: "proxy", detail };
  if (answer.status >= 500) return { problem: "unreachable", detail };
  const about = answer.ok ? read(await answer.json().catch(() => null)) : null;
  if (about === null) return { problem: "not_messenger", detail };
  if (about.api_level < LEVELS.least) return { problem: "server_old", detail: String(about.api_level) };
  if (about.api_level > LEVELS.most) return { problem: "client_old", detail: String(about.api_level) };
  return { about };
}

function read(body: unknown): About | null {
  const about = (body as { data?: Partial<About> } | null)?.data;
  const whole =
    about?.product === "messenger" &&
    Number.isSafeInteger(about.api_level) &&
    typeof about.settings?.default_locale === "string" &&
    typeof about.settings.organisation?.name === "string";
  return whole ? (about as About) : null;
}

/** Chromium's network errors, by what a person can do about them. */
const ERRORS: [RegExp, Problem][] = [
  [/ERR_CERT_|ERR_SSL_|ERR_BAD_SSL_/, "certificate"],
  [/ERR_NAME_NOT_RESOLVED|ERR_NAME_RESOLUTION_FAILED/, "no_such_host"],
  [/ERR_CONNECTION_REFUSED/, "refused"],
  [/ERR_PROXY_|ERR_TUNNEL_|ERR_MANDATORY_PROXY/, "proxy"],
];

export function failed(error: unknown): { problem: Problem; detail: string } {
  const said = error instanceof Error ? error.message : String(error);
  const detail = /(?:net::)?(ERR_[A-Z0-9_]+)/.exec(said)?.[1] ?? said.slice(0, 200);
  const problem = ERRORS.find(([sign]) => sign.test(detail))?.[1] ?? "unreachable";
  return { problem, detail };
}
