// The objects of the contract, as they travel: the same words as on the server. Types alone.

import type { About } from "./organisation.ts";

export type Role = "admin" | "user" | "guest";
export type MemberRole = "owner" | "admin" | "member";
export type ChatKind = "direct" | "group" | "org";
export type NotifyLevel = "all" | "mentions" | "none";

export interface User {
  id: number;
  username: string;
  display_name: string;
  avatar_url: string | null;
  role: Role;
  created_at: string;
  disabled_at: string | null;
  rev: number;
}

export interface Me extends User {
  email: string | null;
  locale: string;
  time_zone: string;
}

export interface Chat {
  id: number;
  kind: ChatKind;
  title: string | null;
  board: boolean;
  user_ids: number[] | null;
  created_by: number | null;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
  rev: number;
}

export interface My {
  chat_id: number;
  role: MemberRole;
  joined_at: string;
  left_at: string | null;
  read_seq: number;
  received_seq: number;
  read_n: number;
  unread: number;
  mentions: number;
  notify: NotifyLevel;
  muted_until: string | null;
  draft: string | null;
  pinned_at: string | null;
  marked_unread: boolean;
}

export interface Member {
  chat_id: number;
  user_id: number;
  role: MemberRole;
  joined_at: string;
  left_at: string | null;
  rev: number;
}

export interface Reaction {
  emoji: string;
  count: number;
  user_ids: number[];
}

export interface File {
  id: string;
  chat_id: number;
  uploader_id: number;
  name: string;
  mime: string;
  size: number;
  width: number | null;
  height: number | null;
  preview: boolean;
  created_at: string;
}

export interface Message {
  chat_id: number;
  seq: number;
  n: number;
  sender_id: number;
  client_message_id: string;
  text: string;
  reply_to: number | null;
  files: File[];
  reactions: Reaction[];
  mentions: number[];
  mentions_all: boolean;
  task_id: number | null;
  pinned_at: string | null;
  pinned_by: number | null;
  created_at: string;
  edited_at: string | null;
  deleted_at: string | null;
  rev: number;
}

export type Due = { date: string } | { at: string; zone: string };

export interface ChecklistItem {
  id: string;
  text: string;
  done: boolean;
}

export interface Task {
  id: number;
  number: number;
  chat_id: number;
  column_id: number | null;
  position: string | null;
  title: string;
  description: string;
  status: "open" | "done";
  assigned_to: number | null;
  creator: number;
  due: Due | null;
  labels: string[];
  checklist: ChecklistItem[];
  source_seq: number | null;
  version: number;
  created_at: string;
  updated_at: string;
  closed_at: string | null;
  archived_at: string | null;
  deleted_at: string | null;
  rev: number;
}

export interface Column {
  id: number;
  chat_id: number;
  title: string;
  position: string;
  is_done: boolean;
  limit: number | null;
  version: number;
  deleted_at: string | null;
  rev: number;
}

export interface TaskChange {
  seq: number;
  at: string;
  by: number | null;
  type: string;
  changes: { field: string; old: unknown; new: unknown }[];
}

export interface DeviceSession {
  id: string;
  device: string;
  created_at: string;
  last_used_at: string;
  expires_at: string;
  current: boolean;
}

/** `[user_id, read_seq, received_seq]` */
export type Mark = [number, number, number];

export interface Snapshot {
  chat: Chat;
  my: My;
  members: Member[];
  messages: Message[];
  pins: Message[];
  columns: Column[];
  tasks: Task[];
  marks: Mark[];
  seq: number;
  n: number;
  oldest_seq: number;
  /** More tasks come after this id. */
  tasks_next?: number | null;
  epoch: number;
}

export interface Event {
  type: string;
  stream: number;
  seq: number;
  at: string;
  by: number | null;
  data: unknown;
}

export interface StreamState {
  id: number;
  seq?: number;
  reset?: boolean;
  gone?: boolean;
  my?: My | null;
  marks?: Mark[] | null;
}

export interface Presence {
  id: number;
  online: boolean;
  last_seen_at: string | null;
}

/** What the shell knows of the server's settings. */
export interface ServerSettings {
  default_locale: string;
  /** What the common chat is called in each language until somebody names it. */
  common_titles?: string[];
  organisation?: About;
  registration: "open" | "invite" | "closed";
  direct_chats: boolean;
  message_max_length: number;
  file_max_bytes: number;
}
