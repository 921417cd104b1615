// Tips: one for the whole page, shown by whatever has `tip("…")` in its attributes when it is pointed
// at or reached by keys. A finger has no use for them.

import { lazy } from "./lazy.tsx";

/** Attributes for an element: `<a {...tip(t("rail.search"), "ctrl+k")}>`. No name: give `aria-label` too. */
export function tip(text: string, keys?: string): { "data-tip": string; "data-tip-keys"?: string } {
  return keys === undefined ? { "data-tip": text } : { "data-tip": text, "data-tip-keys": keys };
}

/** The one that shows them; the shell has it, and every dialog. */
export const Tips = lazy(() => import("./tips-host.tsx"), true);
