// A step of the browser's history for what opens over a place and has no address of its own: back closes it.

import { useLayoutEffect, useRef } from "preact/hooks";
import { useModel } from "../hooks/context.ts";

/** Closes by back, and when one goes elsewhere; who closes it otherwise calls `router.back()`. */
export function useCover(onClose: () => void): void {
  const { router } = useModel();
  const latest = useRef(onClose);
  latest.current = onClose;
  useLayoutEffect(() => {
    const close = (): void => latest.current();
    const popped = (): void => {
      if (!isCovered()) close();
    };
    history.pushState({ inside: true, covered: true }, "", location.href);
    addEventListener("popstate", popped);
    const place = router.place.peek();
    const leave = router.place.subscribe((now) => {
      if (now !== place) close();
    });
    return () => {
      removeEventListener("popstate", popped);
      leave();
    };
  }, [router]);
}

function isCovered(): boolean {
  return (history.state as { covered?: boolean } | null)?.covered === true;
}
