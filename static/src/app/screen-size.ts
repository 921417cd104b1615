// How much room there is, by the widths that LOOK's places change at.

import { useEffect, useState } from "preact/hooks";

export type Room = "phone" | "middle" | "wide";

const PHONE = "(max-width: 700px)";
const WIDE = "(min-width: 1100px)";

function roomNow(): Room {
  if (matchMedia(PHONE).matches) return "phone";
  return matchMedia(WIDE).matches ? "wide" : "middle";
}

/** Whether there is a finger and, most likely, no keyboard. */
export function byTouch(): boolean {
  return matchMedia("(hover: none) and (pointer: coarse)").matches;
}

export function useRoom(): Room {
  const [room, setRoom] = useState(roomNow);
  useEffect(() => {
    const queries = [matchMedia(PHONE), matchMedia(WIDE)];
    const look = (): void => setRoom(roomNow());
    for (const query of queries) query.addEventListener("change", look);
    return () => {
      for (const query of queries) query.removeEventListener("change", look);
    };
  }, []);
  return room;
}
