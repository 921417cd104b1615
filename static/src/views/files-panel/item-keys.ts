// Arrows among what is listed, in rows or one below another; Enter is the item's own, G leads to where it is.

import { useLayoutEffect } from "preact/hooks";
import { useKey } from "../hooks/context.ts";

const MAIN = ":is(a, button):not([data-aside])";
type Box = { current: HTMLElement | null };

export function useItemKeys(box: Box, goTo: (id: string) => void): void {
  const group = "keys.files";
  const when = (): boolean => held(box) !== null;
  const move = (key: string) => (): void => step(box, key);
  useKey({ combo: "arrowdown", name: "keys.walk", group, when, run: move("down") });
  useKey({ combo: "arrowup", name: "keys.walk", group, when, run: move("up") });
  useKey({ combo: "arrowleft", name: "keys.walk", group, when, run: move("left") });
  useKey({ combo: "arrowright", name: "keys.walk", group, when, run: move("right") });
  useKey({ combo: "g", name: "filespanel.go", group, when, run: () => goTo(held(box)?.dataset["item"] ?? "") });
  useOneStop(box);
}

/** The Tab key stops once in the list: where one was last. */
function useOneStop(box: Box): void {
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const stop = (at: HTMLElement | undefined): void => {
      for (const each of mains(element)) each.tabIndex = each === at ? 0 : -1;
    };
    const came = (event: FocusEvent): void => {
      const item = (event.target as Element).closest<HTMLElement>("[data-item]");
      const main = item?.querySelector<HTMLElement>(MAIN);
      if (main) stop(main);
    };
    if (!mains(element).some(({ tabIndex }) => tabIndex === 0)) stop(mains(element)[0]);
    element.addEventListener("focusin", came);
    return () => element.removeEventListener("focusin", came);
  });
}

function mains(box: HTMLElement): HTMLElement[] {
  return [...box.querySelectorAll("[data-item]")].flatMap((item) => item.querySelector<HTMLElement>(MAIN) ?? []);
}

/** The item that has the focus. */
function held({ current }: Box): HTMLElement | null {
  const item = document.activeElement?.closest<HTMLElement>("[data-item]") ?? null;
  return item !== null && current?.contains(item) ? item : null;
}

function step(box: Box, key: string): void {
  const from = held(box);
  if (from === null || box.current === null) return;
  const items = mains(box.current).map((main) => ({ main, at: main.closest("[data-item]")?.getBoundingClientRect() }));
  const here = items.findIndex(({ main }) => from.contains(main));
  const at = items[here]?.at;
  let next = items[here + (key === "left" || key === "up" ? -1 : 1)];
  if (at !== undefined && (key === "up" || key === "down")) {
    const way = key === "down" ? items.slice(here + 1) : items.slice(0, here).toReversed();
    const beyond = way.filter((each) => each.at && (key === "down" ? each.at.top >= at.bottom - 1 : each.at.bottom <= at.top + 1));
    const row = beyond[0]?.at?.top;
    const same = beyond.filter((each) => each.at?.top === row);
    next = same.sort((one, other) => Math.abs((one.at?.left ?? 0) - at.left) - Math.abs((other.at?.left ?? 0) - at.left))[0];
  }
  next?.main.focus();
  next?.main.scrollIntoView({ block: "nearest" });
}
