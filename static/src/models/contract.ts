// Short names for parts of the contract's objects, and what the shell is told. Types alone.

import type { About } from "./organisation.ts";
import type { Member, My, Session, Snapshot, User } from "./types.ts";

export type Role = User["role"];
export type MemberRole = Member["role"];
export type NotifyLevel = My["notify"];
/** A device that is signed in. */
export type DeviceSession = Session;
/** How far somebody has read and received. */
export type MemberMark = Snapshot["marks"][number];

/** What the shell knows of the server's settings. */
export interface ServerSettings {
  default_locale: string;
  /** What the common chat is called in each language until somebody names it. */
  common_titles?: string[];
  organisation?: About;
  registration: "open" | "invite" | "closed";
  direct_chats: boolean;
  /** Whether the server sends mail. */
  mail?: boolean;
  message_max_length: number;
  /** Bytes of one file, and of a ZIP that the server unpacks. */
  file_max_bytes?: number;
  zip_max_bytes?: number;
}
