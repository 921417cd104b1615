// What the server in memory keeps, as it is when it is new.

import type { Chat, Member, Message, My, Task, User } from "../models/types.ts";
import { AT } from "./refusal.ts";

export function newUser(id: number, name: string): User {
  return {
    id,
    username: name,
    display_name: name,
    avatar_url: null,
    role: "user",
    created_at: AT,
    disabled_at: null,
    rev: 0,
  };
}

export function newChat(id: number, created_by: number): Chat {
  return {
    id,
    kind: "group",
    title: `chat ${id}`,
    board: true,
    user_ids: null,
    created_by,
    created_at: AT,
    updated_at: AT,
    deleted_at: null,
    rev: 0,
    avatar_url: null,
  };
}

export function newMember(chat_id: number, user_id: number): Member {
  return { chat_id, user_id, role: "member", joined_at: AT, left_at: null, rev: 0 };
}

/** A member's own view of a chat, in which all up to `seq` and `n` is read. */
export function newMy(chat_id: number, seq: number, n: number): My {
  return {
    chat_id,
    role: "member",
    joined_at: AT,
    left_at: null,
    read_seq: seq,
    received_seq: seq,
    read_n: n,
    unread: 0,
    mentions: 0,
    notify: "all",
    muted_until: null,
    draft: null,
    pinned_at: null,
    marked_unread: false,
  };
}

/** A message but for who sent it, and what. */
export function newMessage(
  chat_id: number,
  seq: number,
  n: number,
): Omit<Message, "sender_id" | "client_message_id" | "text"> {
  return {
    chat_id,
    seq,
    n,
    reply_to: null,
    files: [],
    reactions: [],
    mentions: [],
    mentions_all: false,
    task_id: null,
    pinned_at: null,
    pinned_by: null,
    created_at: AT,
    edited_at: null,
    deleted_at: null,
    rev: seq,
    forwarded_from: null,
  };
}

export function newTask(chat_id: number, id: number): Omit<Task, "version" | "rev"> {
  return {
    id,
    number: id,
    chat_id,
    column_id: null,
    position: null,
    title: "task",
    description: "",
    status: "open",
    assigned_to: null,
    creator: 1,
    due: null,
    labels: [],
    checklist: [],
    source_seq: null,
    created_at: AT,
    updated_at: AT,
    closed_at: null,
    archived_at: null,
    deleted_at: null,
    files: [],
    cover_file_id: null,
  };
}
