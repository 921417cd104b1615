// Where a forwarded message was first posted: asked of the server, which tells it to those who may read it.

import { type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import { ApiError, Unreachable } from "../lib/errors.ts";
import type { Http } from "../lib/http.ts";
import type { ForwardedSource, MessageLink } from "./types.ts";

const known = new WeakMap<Http, Map<string, Signal<MessageLink | null>>>();

/** Null until it is known, and for those who may not read it. */
export function sourceOf(http: Http, chat_id: number, seq: number): ReadonlySignal<MessageLink | null> {
  const sources = known.get(http) ?? new Map<string, Signal<MessageLink | null>>();
  known.set(http, sources);
  const path = `/chats/${chat_id}/messages/${seq}/source`;
  const held = sources.get(path);
  if (held !== undefined) return held;
  const found = signal<MessageLink | null>(null);
  sources.set(path, found);
  http.get<ForwardedSource>(path).then(
    ({ source }) => (found.value = source),
    (error: unknown) => {
      // Asked again when it is shown again.
      if (error instanceof Unreachable) sources.delete(path);
      else if (!(error instanceof ApiError)) throw error;
    },
  );
  return found;
}
