// The place a screen stands for. Usually the one in the address; but a card or a profile opens over
// the place one was at, which stays on the screen as it was.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Place } from "../lib/router.ts";

export const PlaceContext = createContext<Place>({ name: "missing" });

type Named<N extends Place["name"]> = Extract<Place, { name: N }>;

/** One's own place, or null in the screen of another: `usePlace("chat")?.chat_id`. */
export function usePlace<N extends Place["name"]>(name: N): Named<N> | null {
  const place = useContext(PlaceContext);
  return place.name === name ? (place as Named<N>) : null;
}
