// What the client asks under `/api/v1` of its own origin goes to its server from here: without cookies,
// with a token where an element of the page cannot bring one (pictures, players, downloads).

import type { Store } from "./electron.ts";
import type { Tokens } from "./tokens.ts";

/** Headers that a page's request may bring. Never a cookie, an origin, or what fetch makes itself. */
const BROUGHT = new Set([
  "accept",
  "accept-language",
  "authorization",
  "content-type",
  "idempotency-key",
  "if-match",
  "if-none-match",
  "if-range",
  "range",
  "tus-resumable",
  "upload-defer-length",
  "upload-length",
  "upload-metadata",
  "upload-offset",
  "x-request-id",
]);
/** Of answers: a cookie would be for nobody; the network has undone the encoding already. */
const DROPPED = ["set-cookie", "content-encoding", "transfer-encoding", "strict-transport-security", "connection"];
/** What is of the server is data here: no script or style of ours, and as a document one without power. */
const DATA = { "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox" };
const CODE = /^\s*[a-z]+\/(x-)?(javascript|ecmascript|jscript|livescript|css)\b/i;
const FILES = "/api/v1/files/";
const LONGEST = 64 * 1024;

export interface ApiParts {
  address: string;
  fetch: Store["fetch"];
  tokens: Tokens;
}

/** The server's answer to a page's request; a network error where there is none. */
export async function forward(request: Request, { address, fetch, tokens }: ApiParts): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  try {
    const own = request.method === "POST" ? await session(pathname, request, tokens) : null;
    if (own !== null) return own;
    const send = (token: string | null): Promise<Response> => fetch(`${address}${pathname}${search}`, asked(request, token));
    if (!pathname.startsWith(FILES) || request.headers.has("Authorization")) return answered(await send(null));
    return answered(await send(await tokens.access()));
  } catch {
    return Response.error();
  }
}

/** What has to do with tokens; null for all else. */
async function session(pathname: string, request: Request, tokens: Tokens): Promise<Response | null> {
  switch (pathname) {
    case "/api/v1/auth/login":
    case "/api/v1/auth/register": {
      const written = await request.text();
      const body: unknown = written.length > LONGEST ? null : JSON.parse(written);
      if (typeof body !== "object" || body === null) return Response.error();
      return answered(await tokens.enter(pathname.slice("/api/v1".length), body, request.headers.get("Accept-Language")));
    }
    case "/api/v1/auth/refresh":
      return answered(await tokens.renew());
    case "/api/v1/auth/logout":
      return answered(await tokens.leave(request.headers.get("Authorization")));
    default:
      return null;
  }
}

function asked(request: Request, token: string | null): RequestInit & { duplex?: "half" } {
  const headers = new Headers([...request.headers].filter(([name]) => BROUGHT.has(name.toLowerCase())));
  if (token !== null) headers.set("Authorization", `Bearer ${token}`);
  return {
    method: request.method,
    headers,
    credentials: "omit",
    // A token goes to the server it is of, and nowhere it may point to.
    redirect: "error",
    signal: request.signal,
    ...(request.body === null ? {} : { body: request.body, duplex: "half" as const }),
  };
}

function answered(answer: Response): Response {
  const headers = new Headers(answer.headers);
  if (headers.has("Content-Encoding")) headers.delete("Content-Length");
  for (const name of DROPPED) headers.delete(name);
  for (const [name, value] of Object.entries(DATA)) headers.set(name, value);
  if (CODE.test(headers.get("Content-Type") ?? "")) headers.set("Content-Type", "application/octet-stream");
  const bare = answer.status === 204 || answer.status === 205 || answer.status === 304;
  return new Response(bare ? null : answer.body, { status: answer.status, statusText: answer.statusText, headers });
}
