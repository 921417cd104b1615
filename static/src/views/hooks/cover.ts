// A step of the browser's history for what covers a place and has no address of its own: back closes it.

import { useLayoutEffect, useRef } from "preact/hooks";
import type { Place } from "../../lib/router.ts";
import { useModel } from "./context.ts";

export interface CoverAsked {
  /** False: there is room beside it, so that nothing is covered and back is left alone. */
  over?: boolean;
  /** Places that open over it in their turn: back from there leads to it again. */
  stays?: (place: Place) => boolean;
  /** What it is, in the step of the history: `coverNow()` there, by which it is opened again. */
  name?: string;
}

interface Step {
  /** How many covers lie over the place. */
  covered?: number;
  cover?: string;
  /** What it was made for is closed: it stands for nothing. */
  left?: boolean;
}

/** The covers that are open, by how many lie below each and itself. */
const open = new Set<number>();

/** Whether nothing would be seen of a step of the history: what covered the place there is open no more. */
export function isLeft(state: unknown): boolean {
  const { covered = 0, cover, left = false } = (state ?? {}) as Step;
  return left || (covered > 0 && cover === undefined && !open.has(covered));
}

/** Closes by back, and when one goes elsewhere; who closes it otherwise calls `router.back()`. */
export function useCover(onClose: () => void, { over = true, stays, name }: CoverAsked = {}): void {
  const { router } = useModel();
  const latest = useRef(onClose);
  latest.current = onClose;
  useLayoutEffect(() => {
    if (!over) return;
    const close = (): void => latest.current();
    const again = name !== undefined && coverNow() === name;
    const depth = depthNow() + (again ? 0 : 1);
    const popped = (): void => {
      if (depthNow() < depth && !stays?.(router.place.peek())) close();
    };
    open.add(depth);
    if (!again) router.cover({ covered: depth, cover: name });
    addEventListener("popstate", popped);
    const place = router.place.peek();
    const leave = router.place.subscribe((now) => {
      // Of what may open over it, one comes back to it.
      const stayed = stays !== undefined && (stays(now) || depthNow() >= depth);
      if (now !== place && !stayed) close();
    });
    return () => {
      removeEventListener("popstate", popped);
      leave();
      open.delete(depth);
      // Closed by neither: its step stays, and stands for nothing.
      if (depthNow() >= depth) router.cover({ covered: depth - 1, left: true }, { replace: true });
    };
  }, [router, over]);
}

/** What was open over the place when one was at this step of the history last. */
export function coverNow(): string | undefined {
  return (history.state as Step | null)?.cover;
}

function depthNow(): number {
  return (history.state as Step | null)?.covered ?? 0;
}
