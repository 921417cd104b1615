// How much room there is, by the widths at which places stand otherwise.

import { useEffect, useState } from "preact/hooks";

export type Breakpoint = "phone" | "middle" | "wide";

const PHONE = "(max-width: 700px)";
const WIDE = "(min-width: 900px)";
export const BROAD = "(min-width: 1400px)";

export function breakpointNow(): Breakpoint {
  if (matchMedia(PHONE).matches) return "phone";
  return matchMedia(WIDE).matches ? "wide" : "middle";
}

/** Whether there is a finger and, most likely, no keyboard. */
export function byTouch(): boolean {
  return matchMedia("(hover: none) and (pointer: coarse)").matches;
}

export function useBreakpoint(): Breakpoint {
  return useMatching([PHONE, WIDE], breakpointNow);
}

/** Whether a chat and its board fit side by side. */
export function useBroad(): boolean {
  return useMatching([BROAD], () => matchMedia(BROAD).matches);
}

function useMatching<T>(asked: string[], now: () => T): T {
  const [found, setFound] = useState(now);
  useEffect(() => {
    const queries = asked.map((each) => matchMedia(each));
    // A page is narrower than the screen: what is printed is what one looks at.
    const look = (): void => {
      if (!matchMedia("print").matches) setFound(now);
    };
    for (const query of queries) query.addEventListener("change", look);
    return () => {
      for (const query of queries) query.removeEventListener("change", look);
    };
  }, []);
  return found;
}
