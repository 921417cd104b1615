// The ways to the server in memory, as a browser has them: `fetch` and a WebSocket.

import type { RawSocket } from "../lib/socket.ts";
import { ServerSocket } from "./connection.ts";
import { Refusal } from "./refusal.ts";
import { route } from "./requests.ts";
import type { FakeServer } from "./server.ts";

/** A browser's `fetch`, signed in as somebody. */
export function fetchAs(server: FakeServer, user_id: number): typeof fetch {
  return async (address, init = {}) => {
    await Promise.resolve();
    if (server.down) throw new TypeError("fetch failed");
    const url = new URL(String(address));
    const path = url.pathname.replace("/api/v1", "");
    const method = init.method ?? "GET";
    server.requests.push(`${method} ${path}`);
    const body = (init.body ? JSON.parse(String(init.body)) : {}) as Record<string, unknown>;
    const key = new Headers(init.headers).get("Idempotency-Key");
    const asked = { method, path, query: url.searchParams, body };
    const answer = answered(() => {
      server.checkRefusals(path);
      return server.once(key, () => route(server, user_id, asked));
    });
    if (server.lost > 0) {
      server.lost -= 1;
      throw new TypeError("connection lost");
    }
    return answer;
  };
}

export function connectAs(server: FakeServer, user_id: number): RawSocket {
  const socket = new ServerSocket(server, user_id);
  queueMicrotask(() => {
    if (server.down) socket.closes(1006);
    else socket.opens();
  });
  return socket;
}

function answered(act: () => unknown): Response {
  try {
    return new Response(JSON.stringify(act()), { status: 200 });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return new Response(JSON.stringify({ error: error.body }), { status: error.status });
  }
}
