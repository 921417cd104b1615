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
  /** Names of what could not be read: gone meanwhile, or not for this person. */
  unread?: string[];
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
  /** Of what is pasted, the first is done: `at` is where. */
  zones: (pictures: boolean, at?: EventTarget | null) => Zone[];
  /** What the zones are shown over; without it, the whole place. */
  box?: () => Element | null;
}

/** Elements that take what is dropped or pasted on them, one by one: the cards of a board. */
export interface Spots {
  selector: string;
  may: (element: HTMLElement) => boolean;
  take: (element: HTMLElement, given: Given) => void;
}

export interface Spot {
  element: HTMLElement;
  take: (given: Given) => void;
}

const spots = new Set<Spots>();

export function spotAt(target: EventTarget | null): Spot | null {
  if (!(target instanceof Element)) return null;
  for (const { selector, may, take } of spots) {
    const element = target.closest<HTMLElement>(selector);
    if (element !== null && may(element)) return { element, take: (given) => take(element, given) };
  }
  return null;
}

/** Whether something on the screen has such elements: then it is not covered. */
export function hasSpots(): boolean {
  return spots.size > 0;
}

/** Have elements take files as long as the component is shown. */
export function useSpots(given: Spots): void {
  const latest = useRef(given);
  latest.current = given;
  useLayoutEffect(() => {
    const own: Spots = {
      selector: latest.current.selector,
      may: (element) => latest.current.may(element),
      take: (element, files) => latest.current.take(element, files),
    };
    spots.add(own);
    return () => void spots.delete(own);
  }, []);
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
      zones: (pictures, at) => latest.current.zones(pictures, at),
      box: () => latest.current.box?.() ?? null,
    };
    all.value = [...all.peek(), own];
    return () => {
      all.value = all.peek().filter((each) => each !== own);
    };
  }, []);
}
