// A phone's hand: back by a swipe from the edge, and the height that a keyboard leaves.

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect } from "preact/hooks";

const EDGE = 24;
const ENOUGH = 72;

/** Swipe from the left edge to go back; the place follows the finger. */
export function useSwipeBack(box: RefObject<HTMLElement | null>, back: (() => void) | null): void {
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || back === null) return;
    let from: Touch | null = null;
    let moved = 0;
    const start = (event: TouchEvent): void => {
      const touch = event.touches[0];
      from = touch && event.touches.length === 1 && touch.clientX < EDGE ? touch : null;
      moved = 0;
    };
    const move = (event: TouchEvent): void => {
      const touch = event.touches[0];
      if (from === null || !touch) return;
      const across = touch.clientX - from.clientX;
      const down = Math.abs(touch.clientY - from.clientY);
      if (moved === 0 && down > Math.abs(across)) from = null;
      else moved = Math.max(0, across);
      element.style.translate = `${moved}px 0`;
    };
    const end = (): void => {
      element.style.translate = "";
      if (from !== null && moved > ENOUGH) back();
      from = null;
    };
    element.addEventListener("touchstart", start, { passive: true });
    element.addEventListener("touchmove", move, { passive: true });
    element.addEventListener("touchend", end);
    element.addEventListener("touchcancel", end);
    return () => {
      element.removeEventListener("touchstart", start);
      element.removeEventListener("touchmove", move);
      element.removeEventListener("touchend", end);
      element.removeEventListener("touchcancel", end);
    };
  }, [box, back]);
}

/** `--height`: what is seen above a phone's keyboard, where the browser does not shrink the page. */
export function useKeyboardRoom(): void {
  useEffect(() => {
    const view = window.visualViewport;
    if (!view) return;
    const { style } = document.documentElement;
    const measure = (): void => {
      // A pinch also makes it smaller, and is no keyboard.
      if (view.scale === 1 && innerHeight - view.height > 80) style.setProperty("--height", `${view.height}px`);
      else style.removeProperty("--height");
    };
    view.addEventListener("resize", measure);
    return () => view.removeEventListener("resize", measure);
  }, []);
}
