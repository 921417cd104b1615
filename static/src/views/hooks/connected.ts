// What could not be fetched is asked for again once there is a connection.

import { useEffect, useRef } from "preact/hooks";
import type { Link } from "../../models/link.ts";
import { useAccount } from "./context.ts";

const AGAIN_MS = 2000;

/** Runs at first, when the link comes to life, and when the browser says that there is a network. */
export function useConnected(run: () => void): void {
  const { link } = useAccount();
  const live = link.state.value === "live";
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    if (live) latest.current();
    let timer: ReturnType<typeof setTimeout>;
    // A break that was shorter than the link's patience. The network may need a moment more than its name.
    const again = (): void => {
      latest.current();
      timer = setTimeout(() => latest.current(), AGAIN_MS);
    };
    addEventListener("online", again);
    return () => {
      clearTimeout(timer);
      removeEventListener("online", again);
    };
  }, [live]);
}

/** Runs when a connection is back, not while there is one; until the result is called. */
export function onReconnected(link: Link, run: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  let was = link.state.peek();
  const end = link.state.subscribe((state) => {
    if (state === "live" && was !== "live") run();
    was = state;
  });
  const soon = (): void => {
    timer = setTimeout(run, AGAIN_MS);
  };
  addEventListener("online", soon);
  return () => {
    clearTimeout(timer);
    end();
    removeEventListener("online", soon);
  };
}
