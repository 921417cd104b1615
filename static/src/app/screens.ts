// The component of each place: the default export of `views/<name>/index.tsx`, fetched when shown.

import type { ComponentType } from "preact";
import type { Place } from "../lib/router.ts";
import { lazy } from "../views/common/lazy.tsx";

type Module = { default: ComponentType };

const found = import.meta.glob<Module>("../views/*/index.tsx");

/** Places that are shown by the screen of another name. */
const SHARED: Partial<Record<Place["name"], string>> = {
  "sign-in": "entry",
  register: "entry",
  invite: "entry",
  letter: "entry",
  person: "person",
  task: "card",
  files: "files-panel",
};

const made = new Map<string, ComponentType>();

/** The screen of a place; null where there is none. */
export function screenOf(name: Place["name"]): ComponentType | null {
  const folder = SHARED[name] ?? name;
  const load = found[`../views/${folder}/index.tsx`];
  if (load === undefined) return null;
  let screen = made.get(folder);
  if (screen === undefined) made.set(folder, (screen = lazy(load)));
  return screen;
}

/** Fetch a screen that is likely to be wanted next. */
export function expect(name: Place["name"]): void {
  // Where it cannot be had, it is asked for again when it is shown.
  found[`../views/${SHARED[name] ?? name}/index.tsx`]?.().catch(() => {});
}
