// The place a screen stands for. Usually the one in the address; but a card or a profile opens over
// the place one was at, which stays on the screen as it was.

import { createContext } from "preact";
import { useContext, useRef } from "preact/hooks";
import type { Place } from "../../lib/router.ts";

export const PlaceContext = createContext<Place>({ name: "missing" });

type Named<N extends Place["name"]> = Extract<Place, { name: N }>;

/** One's own place, or null in the screen of another: `usePlace("chat")?.chat_id`. */
export function usePlace<N extends Place["name"]>(name: N): Named<N> | null {
  const place = useContext(PlaceContext);
  return place.name === name ? (place as Named<N>) : null;
}

/** Whether the place is a panel over another. */
export function isPanel(place: Place): boolean {
  return place.name === "task" || place.name === "person" || place.name === "files";
}

/** The place below: the same one as long as panels come and go over it. */
export function useBelow(place: Place): Place {
  const last = useRef<Place | null>(null);
  if (!isPanel(place)) last.current = place;
  else last.current ??= belowOf(place);
  return last.current ?? place;
}

/** Of a panel that one came to from outside. */
function belowOf(place: Place): Place {
  if (place.name === "files") return { name: "chat", chat_id: place.chat_id };
  return { name: place.name === "task" ? "tasks" : "people" };
}

/** Which part of the client a place belongs to: what the rail marks. */
export function areaOf(place: Place): "chats" | "tasks" | "people" | "settings" | "search" {
  switch (place.name) {
    case "tasks":
    case "task":
      return "tasks";
    case "people":
    case "person":
      return "people";
    case "settings":
    case "admin":
      return "settings";
    case "search":
      return "search";
    default:
      return "chats";
  }
}

/** Places at the root of a phone's four entries: they have the bar, and no way back. */
export function isRoot(place: Place): boolean {
  if (place.name === "settings") return place.section === undefined;
  return ["chats", "tasks", "people"].includes(place.name);
}
