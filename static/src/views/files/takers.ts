// Who takes files that are dropped on the page or pasted into it: of those shown the last, as a card over
// its chat.

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { IconName } from "../common/icon.tsx";

/** Files as they came. */
export interface Given {
  files: File[];
  /** Names of folders they were in. */
  folders: string[];
  /** Out of the clipboard: what has no name there is called `image.png`. */
  pasted?: boolean;
}

/** One thing that can be done with them. */
export interface Zone {
  icon: IconName;
  title: string;
  hint?: string | undefined;
  take: (given: Given) => void;
}

export interface Taker {
  /** What is pasted into a field of another is not for this one. */
  element: () => Element | null;
  /** Of what is pasted, the first is done. */
  zones: (pictures: boolean) => Zone[];
}

const all = signal<Taker[]>([]);

export const taker: ReadonlySignal<Taker | null> = computed(() => all.value.at(-1) ?? null);

/** Take files as long as the component is shown. */
export function useTaker(given: Taker): void {
  const latest = useRef(given);
  latest.current = given;
  useLayoutEffect(() => {
    const own: Taker = {
      element: () => latest.current.element(),
      zones: (pictures) => latest.current.zones(pictures),
    };
    all.value = [...all.peek(), own];
    return () => {
      all.value = all.peek().filter((each) => each !== own);
    };
  }, []);
}
