// Something that is asked of the server when a screen is shown: sessions, accounts, records.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";

export interface Loaded<T> {
  value: T | null;
  error: unknown;
  load: () => void;
}

/** Ask once, and again by `load`; an answer that comes too late is dropped. */
export function useLoaded<T>(ask: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ value: T | null; error: unknown }>({ value: null, error: null });
  const latest = useRef(ask);
  latest.current = ask;
  const turn = useRef(0);
  const load = useCallback(() => {
    const own = ++turn.current;
    latest.current().then(
      (value) => own === turn.current && setState({ value, error: null }),
      (error: unknown) => own === turn.current && setState({ value: null, error }),
    );
  }, []);
  useEffect(() => {
    load();
    return () => void turn.current++;
  }, [load]);
  return { ...state, load };
}
