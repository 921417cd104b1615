// What this device remembers of push: for whom it was switched on, and what the server was last told; or
// that somebody switched it off.

import type { Memory } from "./unsaved.ts";

export interface Mark {
  user_id: number;
  endpoint: string;
  /** The server's key. */
  key: string;
  locale: string;
  /** When the server was last told; 0: it is to be told again. */
  at: number;
}

/** Null: nobody has chosen. */
export type Wish = Mark | "off" | null;

const NAME = "messenger.push";

export function readMark(memory: Memory): Wish {
  try {
    return JSON.parse(memory.getItem(NAME) ?? "null") as Wish;
  } catch {
    return null;
  }
}

export function writeMark(memory: Memory, wish: Wish): void {
  if (wish === null) memory.removeItem(NAME);
  else memory.setItem(NAME, JSON.stringify(wish));
}

/** The session that the server knew is over: the next one says the device anew. */
export function staleMark(memory: Memory): void {
  const mark = readMark(memory);
  if (mark !== null && mark !== "off") writeMark(memory, { ...mark, at: 0 });
}
