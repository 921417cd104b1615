// What the local database holds besides the contract's own objects. Types alone.

import type { MemberMark } from "./contract.ts";
import type { Chat, Me, Message, My, NotifySettings, SavedSearches } from "./types.ts";
import type { Fields, Kind } from "./writes.ts";

/** A cursor: the `seq` of the last event that was applied. */
export interface StreamRow {
  id: number;
  seq: number;
}

export interface ChatRow {
  id: number;
  chat: Chat;
  my: My;
  /** The latest message, deleted ones left out. */
  last: Message | null;
  /** The number of the latest message: unread is `n - my.read_n`. */
  n: number;
  oldest_seq: number;
  /** How far the members have read and received; empty in large chats. */
  marks: MemberMark[];
}

export interface Draft {
  chat_id: number;
  text: string;
  /** Written here and not known to the server yet: what comes from there is older. */
  dirty: boolean;
}

/** A chat one is not in any more. */
export interface FormerChat {
  id: number;
  title: string;
  deleted: boolean;
}

/** A message and where its top stood, in pixels below the top of the view. */
export interface Stand {
  seq: number;
  top: number;
  /** Whether everything had been read: one was looking something up. */
  read: boolean;
  at: number;
}

export type Meta =
  | { name: "epoch"; value: number }
  | { name: "me"; value: Me }
  | { name: "booted"; value: boolean }
  | { name: "notifications"; value: NotifySettings }
  | { name: "searches"; value: SavedSearches }
  /** Where one stood in a chat. */
  | { name: `place ${number}`; stand: Stand }
  | { name: "former"; value: FormerChat[] }
  /** What one has looked for, the last first. */
  | { name: "searched"; value: string[] };

export type ItemState = "waiting" | "sending" | "failed" | "conflict";

/** A write on its way: it is here from the hand's move until the server's answer. */
export type ItemOf<K extends Kind> = { [Each in K]: Written & { kind: Each; fields: Fields[Each] } }[K];
export type Item = ItemOf<Kind>;
/** What becomes of one; of any kind, so that its fields are those of no kind. */
export type ItemChange = Partial<Written> & { kind?: Kind; fields?: Record<string, unknown> };

export interface Written {
  /** The order of writing: microseconds since 1970, never the same twice. */
  order: number;
  /** Made when it is written, and sent with every try: the server does it once. */
  key: string;
  /** Who wrote it: it is never sent as anybody else's. */
  user_id: number;
  chat_id: number;
  /** Of a change of a task or column: what one saw when making it. */
  seen: Record<string, unknown> | null;
  state: ItemState;
  tries: number;
  /** It was on its way once: the server may have it, even if no answer came. */
  sent: boolean;
  /** Of a message: changed after it was on its way; what the server has may be the older text. */
  edited: boolean;
  /** How much speaks for its being why connections were closed; see `sending.ts`. */
  blame: number;
  /** Not a person's own doing (marks, drafts): not counted, and dropped when refused. */
  quiet: boolean;
  /** Not before then: until then it can be undone. 0 when it cannot. */
  not_before: number;
  at: number;
  /** With the local file that it is about, where it is about one. */
  error: { code: string; message: string; request_id: string | null; file?: string } | null;
  /** Of a conflict: one's own is to be sent on top of `current`. */
  decided: boolean;
  /** Of a conflict: the object as it stands on the server. */
  current: Record<string, unknown> | null;
}
