// Dragging cards with a mouse, a pen or a finger. Sortable moves elements about by itself; when the
// card is dropped they are put back as they were, and the model says what is shown.

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type Sortable from "sortablejs";
import { atOnce, fetchLater } from "../../lib/idle.ts";

export interface Drop {
  id: number;
  column_id: number;
  /** How many of the shown cards stand before it. */
  index: number;
}

export interface DragParts {
  onStart: () => void;
  /** Null when it was let go of where it was, or given up with Esc. */
  onEnd: (drop: Drop | null) => void;
}

const TOUCH_DELAY_MS = 180;
const ANIMATION_MS = 150;
/** Cards making room are animated one by one: in a longer list that takes longer than it shows. */
const ANIMATED = 60;

/** Makes the lists inside an element sortable; `lists` changes when there are others. */
export function useDrag(box: RefObject<HTMLDivElement | null>, lists: string, enabled: boolean, parts: DragParts): void {
  const latest = useRef(parts);
  latest.current = parts;
  useEffect(() => {
    if (!enabled) return;
    let made: Sortable[] = [];
    const calm = (): void => {
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      for (const each of made) {
        each.option("animation", still || each.el.children.length > ANIMATED ? 0 : ANIMATION_MS);
      }
    };
    const begin = ({ default: sortable }: { default: typeof Sortable }): (() => void) => {
      const found = box.current?.querySelectorAll<HTMLElement>("[data-list]") ?? [];
      made = [...found].map((list) => sortable.create(list, optionsOf(list, () => latest.current, calm)));
      return () => made.forEach((each) => each.destroy());
    };
    return fetchLater(() => import("sortablejs"), begin, atOnce);
  }, [box, lists, enabled]);
}

function optionsOf(list: HTMLElement, parts: () => DragParts, calm: () => void): Sortable.Options {
  let given = false;
  const giveUp = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    given = true;
  };
  return {
    // Into what has no place on the board nothing is put.
    group: { name: "cards", put: list.dataset["list"] !== "0" },
    draggable: ".board-card",
    filter: "button",
    preventOnFilter: false,
    // The browser's own dragging knows neither touch nor what a lifted card looks like.
    forceFallback: true,
    fallbackOnBody: true,
    fallbackTolerance: 4,
    delay: TOUCH_DELAY_MS,
    delayOnTouchOnly: true,
    touchStartThreshold: 8,
    ghostClass: "board-card-gap",
    fallbackClass: "board-card-lifted",
    emptyInsertThreshold: 24,
    scroll: true,
    bubbleScroll: true,
    scrollSensitivity: 72,
    scrollSpeed: 14,
    onStart: () => {
      given = false;
      calm();
      addEventListener("keydown", giveUp, true);
      document.documentElement.classList.add("board-dragging");
      parts().onStart();
    },
    onEnd: ({ item, from, to, oldIndex, newDraggableIndex }) => {
      removeEventListener("keydown", giveUp, true);
      document.documentElement.classList.remove("board-dragging");
      const moved = from !== to || oldIndex !== newDraggableIndex;
      item.remove();
      from.insertBefore(item, from.children[oldIndex ?? 0] ?? null);
      const drop = { id: Number(item.dataset["card"]), column_id: Number(to.dataset["list"]), index: newDraggableIndex ?? 0 };
      parts().onEnd(moved && !given ? drop : null);
    },
  };
}
