// What could not be fetched is asked for again once there is a connection.

import { useEffect, useRef } from "preact/hooks";
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
