// What has changed locally, as the stores of this tab and of all others are told. Plain data: it
// travels through a BroadcastChannel. Applying one twice, or late, changes nothing.

import { batch } from "@preact/signals-core";
import type { LocalFile, Report } from "./local-files.ts";
import type { ChatRow, FormerChat, Item } from "./rows.ts";
import type { MemberMark } from "./contract.ts";
import type { Column, Me, Member, Message, NotifySettings, Presence, PublicSettings, SavedSearches, Task, User } from "./types.ts";

export type LinkState = "offline" | "connecting" | "syncing" | "live";

export type Change =
  | { kind: "chat"; row: ChatRow }
  | { kind: "chat.gone"; id: number }
  | { kind: "former"; chat: FormerChat }
  | { kind: "message"; message: Message }
  /** A chat's messages are to be read again: they came by a snapshot. */
  | { kind: "messages.anew"; chat_id: number }
  | { kind: "member"; member: Member }
  | { kind: "members.anew"; chat_id: number }
  | { kind: "user"; user: User }
  | { kind: "me"; me: Me }
  | { kind: "task"; task: Task }
  | { kind: "task.gone"; id: number }
  | { kind: "column"; column: Column }
  | { kind: "column.gone"; id: number }
  | { kind: "item"; item: Item }
  | { kind: "item.gone"; order: number }
  /** A task or column that was made here has got its number. */
  | { kind: "named"; temporary: number; id: number }
  | { kind: "draft"; chat_id: number; text: string }
  | { kind: "marks"; chat_id: number; marks: MemberMark[] }
  | { kind: "typing"; chat_id: number; user_id: number }
  | { kind: "presence"; presence: Presence }
  /** What the server wants kept to, as it is now. */
  | { kind: "settings"; settings: PublicSettings }
  | { kind: "export.ready" | "task.reminder"; data: unknown }
  | { kind: "notifications"; value: NotifySettings }
  | { kind: "searches"; value: SavedSearches }
  | { kind: "link"; state: LinkState }
  | { kind: "tray"; where: string; files: LocalFile[] }
  /** How far the upload of a local file is: bytes, or entries of an archive. */
  | { kind: "upload"; id: string; sent: number; total: number; unpacking: boolean }
  /** How far the server is with an archive, under its own name for the upload. */
  | { kind: "unpacking"; upload_id: string; done: number; total: number }
  | { kind: "uploaded"; id: string; file_ids: string[]; report: Report | null }
  /** Its person has seen what of an archive was left out. */
  | { kind: "report.seen"; id: string }
  /** Bytes for which the device has no room: as long as a tab has them, they can be sent. */
  | { kind: "blob"; id: string; blob: Blob }
  /** What was held is gone: all is being read anew from the server. */
  | { kind: "booted" }
  /** Every chat is here. */
  | { kind: "complete" };

export type Publish = (changes: Change[]) => void;
export type Hear = (changes: Change[]) => void;

/** Hands changes to whoever listens in this tab, and to the other tabs. */
export class Changes {
  readonly #listeners = new Set<Hear>();
  #others: Publish = () => {};

  /** Who tells the other tabs. */
  carriedBy(others: Publish): void {
    this.#others = others;
  }

  hear(listener: Hear): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  publish = (changes: Change[]): void => {
    if (changes.length === 0) return;
    this.here(changes);
    this.#others(changes);
  };

  /** To the other tabs alone. */
  elsewhere = (changes: Change[]): void => {
    if (changes.length > 0) this.#others(changes);
  };

  /** In this tab alone: they came from another. */
  here = (changes: Change[]): void => {
    // Stores depend on each other: nobody may see one that has heard beside one that has not.
    batch(() => {
      for (const listener of this.#listeners) listener(changes);
    });
  };
}
