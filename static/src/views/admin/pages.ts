// A list that comes in pages: what is here, and the next ones on demand.

import { useRef, useState } from "preact/hooks";
import { useLoaded } from "../hooks/loaded.ts";
import { useFailure } from "../common/failure.ts";
import type { Page } from "../../lib/http.ts";

export interface Pages<T> {
  rows: T[] | null;
  error: unknown;
  reload: () => void;
  /** Null when all is here. */
  more: (() => Promise<void>) | null;
  change: (map: (rows: T[]) => T[]) => void;
}

export function usePages<T, Next extends number | string = number>(
  ask: (next?: Next) => Promise<Page<T>>,
): Pages<T> {
  const [rows, setRows] = useState<T[] | null>(null);
  const [next, setNext] = useState<Next | null>(null);
  const { error, load } = useLoaded(async () => {
    const page = await ask();
    setRows(page.data);
    setNext(page.next as Next | null);
    return page;
  });
  const fail = useFailure();
  // A second press while the page is on its way would bring it twice.
  const busy = useRef(false);
  const more = async (): Promise<void> => {
    if (next === null || busy.current) return;
    busy.current = true;
    try {
      const page = await ask(next);
      setRows((now) => [...(now ?? []), ...page.data]);
      setNext(page.next as Next | null);
    } catch (failure) {
      fail(failure);
    }
    busy.current = false;
  };
  return {
    rows,
    error,
    reload: load,
    more: next === null ? null : more,
    change: (map) => setRows((now) => map(now ?? [])),
  };
}
