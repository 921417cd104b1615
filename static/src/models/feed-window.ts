// The run of messages that a feed holds: what of it fits a spot, takes what is new, and is let go of. Pure.

import type { Spot } from "./feed-reading.ts";
import type { Message } from "./types.ts";

/** Beyond so many the far end is let go of: it is local, and read again when wanted. */
export const LONGEST = 900;

/** Whether the window begins where one wants to be, or before; `n` is the chat's last number. */
export function holds(window: Message[], spot: Spot | null, n: number, newer: boolean): boolean {
  const [first, last] = [window[0], window.at(-1)];
  if (first === undefined || last === undefined) return spot === null && n === 0;
  if (spot === null) return !newer;
  if ("seq" in spot) return window.some(({ seq }) => seq === spot.seq);
  return first.n <= spot.read_n + 1 && last.n >= spot.read_n;
}

/** The window with messages that came or changed; `behind` when some are missing before one of them. */
export function merged(
  held: Message[],
  fresh: Message[],
  newer: boolean,
): { window: Message[]; behind: boolean } {
  const window = [...held];
  const places = new Map(window.map((message, index) => [message.seq, index]));
  let behind = false;
  for (const message of fresh.sort((one, other) => one.seq - other.seq)) {
    const place = places.get(message.seq);
    const last = window.at(-1);
    if (place !== undefined) window[place] = message;
    else if (newer) continue;
    else if (last === undefined ? message.n === 1 : message.n === last.n + 1) window.push(message);
    else if (last === undefined || message.n > last.n) behind = true;
  }
  return { window, behind };
}

/** The window, let go of at the end where nobody is; what was let go of is `older` or `newer`. */
export function shortened(
  window: Message[],
  spot: Spot | null,
): { window: Message[]; older: boolean; newer: boolean } {
  const first = window.at(-LONGEST);
  const seen = first === undefined || spot === null || isBefore(first, spot);
  const cut = window.length > LONGEST;
  const kept = seen ? window.slice(-LONGEST) : window.slice(0, LONGEST);
  return { window: kept, older: cut && seen, newer: cut && !seen };
}

/** Whether a window that begins with a message begins where one wants to be, or before. */
function isBefore({ seq, n }: Message, spot: Spot): boolean {
  return "seq" in spot ? seq <= spot.seq : n <= spot.read_n + 1;
}
