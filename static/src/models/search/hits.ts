// What is found, as the server tells it, and what of it can be found here as well.

import type { Words } from "../../lib/search/matching.ts";
import type { SearchHit, Snippet } from "../types.ts";

export type { Snippet };
export type Hit = SearchHit;
export type HitKind = Hit["kind"];

/** A hit before it is known of what. */
export const EMPTY = {
  chat_id: null,
  seq: null,
  task_id: null,
  sender_id: null,
  title: null,
  text: null,
  before: null,
  after: null,
  task: null,
  file: null,
  user: null,
  chat: null,
  archived: false,
  score: 0,
} satisfies Partial<Hit>;

/** A question to what is held on this device, its names brought to numbers; plain data. */
export interface Wanted {
  words: Words;
  kind: HitKind | null;
  /** Null: whoever, wherever. */
  from: number[] | null;
  not_from: number[];
  chats: number[] | null;
  not_chats: number[];
  has: string[];
  not_has: string[];
  is: string[];
  not_is: string[];
  labels: string[];
  due: { from: string; to: string } | "none" | null;
  /** From one moment to another; milliseconds since 1970. */
  since: number;
  until: number;
  own: number;
}

export const EVERYTHING: Omit<Wanted, "words" | "own"> = {
  kind: null,
  from: null,
  not_from: [],
  chats: null,
  not_chats: [],
  has: [],
  not_has: [],
  is: [],
  not_is: [],
  labels: [],
  due: null,
  since: -Infinity,
  until: Infinity,
};

export interface LocalFound {
  hits: Hit[];
  /** All that is held was looked at: nothing is still being read, or left out for its number. */
  whole: boolean;
}
