// What each event and snapshot means for the local data. Works on a Batch alone; which events are
// applied, and in which order, is decided in sync.ts.

import { type Batch, isMention } from "./batch.ts";
import { mergeMy, moveMark, takeDraft } from "./marks.ts";
import { reacted } from "./reacted.ts";
import type { Chat, Column, Event, Me, Member, Message, My, NotifySettings, SavedSearches, Snapshot, Task, User } from "./types.ts";

/** What an event asks for beyond the local data. */
export type Effect =
  | { kind: "fill"; chat_id: number; seq: number }
  | { kind: "revoked"; session_id: string }
  | { kind: "unknown user"; user_id: number };

interface ReactionChange {
  chat_id: number;
  seq: number;
  emoji: string;
  user_id: number;
}

/** Apply one event; an unknown type changes nothing. */
export async function apply(event: Event, batch: Batch, own: number): Promise<Effect | null> {
  switch (event.type) {
    case "message.created":
      return created(batch, event.data as Message, own);
    case "reaction.added":
    case "reaction.removed":
      return react(batch, event, event.data as ReactionChange);
    case "chat.created":
    case "chat.updated":
      return chatChanged(batch, event.data as Chat);
    case "chat.deleted":
      return batch.forgetChat((event.data as Chat).id, true).then(nothing);
    case "chat.joined":
      return joined(event.data as My & { seq: number });
    case "chat.left":
      return batch.forgetChat((event.data as My).chat_id).then(nothing);
    case "notify.changed":
    case "listing.changed":
    case "draft.changed":
      return myChanged(batch, event.data as My, own);
    case "settings.changed":
      return meChanged(batch, event.data as Me);
    case "notifications.changed":
      batch.notifications(event.data as NotifySettings);
      return null;
    case "searches.changed":
      batch.searches(event.data as SavedSearches);
      return null;
    case "session.revoked":
      return { kind: "revoked", session_id: (event.data as { session_id: string }).session_id };
    case "export.ready":
    case "task.reminder":
      batch.say(`${event.type} ${event.seq}`, { kind: event.type, data: event.data });
      return null;
  }
  switch (event.type.split(".")[0]) {
    case "message":
      return messageChanged(batch, event, own);
    case "member":
      return memberChanged(batch, event.data as Member);
    case "user":
      return userChanged(batch, event.data as User, own);
    case "task":
      return batch.task(event.data as Task).then(nothing);
    case "column":
      return batch.column(event.data as Column).then(nothing);
  }
  return null;
}

function joined({ chat_id, seq }: My & { seq: number }): Effect {
  return { kind: "fill", chat_id, seq };
}

function nothing(): null {
  return null;
}

// Messages

async function created(batch: Batch, message: Message, own: number): Promise<null> {
  await batch.message(message);
  if (message.sender_id === own) await batch.sent(message);
  const row = await batch.chatRow(message.chat_id);
  if (row === undefined || message.n <= row.n) return null;
  const last = message.deleted_at === null ? message : row.last;
  const my = message.sender_id === own ? readUpTo(row.my, message) : counted(row.my, message, own);
  await batch.chat({ ...row, n: message.n, last, my });
  return null;
}

function readUpTo(my: My, message: Message): My {
  const { seq, n } = message;
  return { ...my, read_seq: seq, received_seq: seq, read_n: n, unread: 0, mentions: 0 };
}

/** By events alone, not by what is held: `message.deleted` takes back what is counted here. */
function counted(my: My, message: Message, own: number): My {
  const mentions = my.mentions + (isMention(message, own) ? 1 : 0);
  return { ...my, unread: my.unread + (message.n > my.read_n ? 1 : 0), mentions };
}

async function messageChanged(batch: Batch, event: Event, own: number): Promise<null> {
  const message = event.data as Message;
  const held = await batch.get("messages", [message.chat_id, message.seq]);
  const news = await batch.message(message);
  const row = await batch.chatRow(message.chat_id);
  if (row === undefined) return null;
  const ahead = message.n > row.my.read_n;
  const more =
    news && ahead && held !== undefined ? Number(isMention(message, own)) - Number(isMention(held, own)) : 0;
  const gone = ahead && event.type === "message.deleted";
  const shown = news && row.last?.seq === message.seq;
  if (!shown && more === 0 && !gone) return null;
  const last = !shown ? row.last : message.deleted_at ? await batch.newest(row.id) : message;
  const mentions = Math.max(0, row.my.mentions + more);
  const unread = Math.max(0, row.my.unread - (gone ? 1 : 0));
  await batch.chat({ ...row, last, my: { ...row.my, mentions, unread } });
  return null;
}

async function react(batch: Batch, event: Event, change: ReactionChange): Promise<null> {
  const held = await batch.get("messages", [change.chat_id, change.seq]);
  // What is not here comes whole when it is asked for.
  if (held === undefined || event.seq <= held.rev) return null;
  const reactions = reacted(held.reactions, change, event.type === "reaction.added");
  await batch.message({ ...held, reactions, rev: event.seq });
  return null;
}

// Chats, members, people

async function chatChanged(batch: Batch, chat: Chat): Promise<null> {
  const row = await batch.chatRow(chat.id);
  if (row !== undefined && chat.rev >= row.chat.rev) await batch.chat({ ...row, chat });
  return null;
}

async function memberChanged(batch: Batch, member: Member): Promise<Effect | null> {
  await batch.member(member);
  const known = await batch.get("users", member.user_id);
  return known === undefined ? { kind: "unknown user", user_id: member.user_id } : null;
}

async function userChanged(batch: Batch, user: User, own: number): Promise<null> {
  await batch.user(user);
  if (user.id !== own) return null;
  const held = await batch.get("meta", "me");
  if (held?.name === "me") await meChanged(batch, { ...held.value, ...user });
  return null;
}

export async function meChanged(batch: Batch, me: Me): Promise<null> {
  batch.put("meta", "me", { name: "me", value: me });
  batch.say("me", { kind: "me", me });
  await batch.user(publicPart(me));
  return null;
}

function publicPart(me: Me): User {
  const { email: _email, locale: _locale, time_zone: _zone, ...user } = me;
  return user;
}

// One's own state of a chat

async function myChanged(batch: Batch, my: My, own: number): Promise<null> {
  await mergeMy(batch, my, own);
  return null;
}

// Snapshots

/** Put a chat as it stands at the snapshot's `seq` in place of what is held of it. */
export async function applySnapshot(batch: Batch, snapshot: Snapshot, own: number): Promise<void> {
  const { chat, my, marks, n, oldest_seq, seq } = snapshot;
  const held = await batch.chatRow(chat.id);
  if (held !== undefined) await batch.forgetParts(chat.id);
  for (const message of [...snapshot.messages, ...snapshot.pins]) await batch.message(message);
  for (const member of snapshot.members) await batch.member(member);
  for (const column of snapshot.columns) await batch.column(column);
  for (const task of snapshot.tasks) await batch.task(task);
  const last = snapshot.messages.findLast((message) => message.deleted_at === null) ?? null;
  batch.put("streams", chat.id, { id: chat.id, seq });
  await batch.chat({ id: chat.id, chat, my, last, n, oldest_seq, marks });
  // A mark that was moved here and has not reached the server yet.
  if (held !== undefined) await moveMark(batch, chat.id, held.my, own);
  await takeDraft(batch, my);
}
