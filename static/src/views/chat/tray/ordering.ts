// Putting the files of a tray into another order by a mouse, a pen or a finger.

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type Sortable from "sortablejs";
import { atOnce, fetchLater } from "../../../lib/idle.ts";

const TOUCH_DELAY_MS = 220;
const ANIMATION_MS = 150;

export function useOrdering(
  list: RefObject<HTMLOListElement | null>,
  enabled: boolean,
  place: (id: string, index: number) => void,
): void {
  const latest = useRef(place);
  latest.current = place;
  useEffect(() => {
    if (!enabled) return;
    const begin = ({ default: sortable }: { default: typeof Sortable }): (() => void) => {
      const element = list.current;
      if (element === null) return () => {};
      const made = sortable.create(element, optionsOf((id, index) => latest.current(id, index)));
      return () => made.destroy();
    };
    return fetchLater(() => import("sortablejs"), begin, atOnce);
  }, [list, enabled]);
}

function optionsOf(place: (id: string, index: number) => void): Sortable.Options {
  return {
    draggable: ".tray-item",
    filter: ".tray-remove, .tray-rename",
    preventOnFilter: false,
    // The browser's own dragging would be taken for files that come from outside.
    forceFallback: true,
    fallbackOnBody: true,
    fallbackTolerance: 4,
    delay: TOUCH_DELAY_MS,
    delayOnTouchOnly: true,
    touchStartThreshold: 8,
    ghostClass: "tray-gap",
    fallbackClass: "tray-lifted",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : ANIMATION_MS,
    scroll: true,
    onEnd: ({ item, from, oldIndex, newIndex }) => {
      // Elements are the components' to move.
      item.remove();
      from.insertBefore(item, from.children[oldIndex ?? 0] ?? null);
      const id = item.dataset["id"];
      if (id !== undefined && newIndex !== undefined && newIndex !== oldIndex) place(id, newIndex);
    },
  };
}
