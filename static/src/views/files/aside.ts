// Whether the Tab key passes files by: in a feed the arrow keys lead to them.

import { createContext } from "preact";
import { useContext } from "preact/hooks";

export const Aside = createContext(true);

/** Attributes of what can be pressed. */
export function useAside(): { tabIndex?: -1 } {
  return useContext(Aside) ? { tabIndex: -1 } : {};
}
