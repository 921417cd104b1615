// What each event and snapshot means for the local data. Works on a Batch alone; which events are
// applied, and in which order, is decided in sync.ts.

import { type Batch, isMention } from "./batch.ts";
import type { ChatRow } from "./rows.ts";
import type { MemberMark } from "./contract.ts";
import type { Chat, Column, Event, Me, Member, Message, My, NotifySettings, Reaction, Snapshot, Task, User } from "./types.ts";

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

const SHOWN_REACTORS = 20;

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
    case "session.revoked":
      return { kind: "revoked", session_id: (event.data as { session_id: string }).session_id };
    case "task.reminder":
      batch.say(`reminder ${event.seq}`, { kind: "reminder", data: event.data });
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

/** The reactions of a message after somebody's came or went. */
export function reacted(
  reactions: Reaction[],
  change: { emoji: string; user_id: number },
  added: boolean,
): Reaction[] {
  const { emoji, user_id } = change;
  const group = reactions.find((each) => each.emoji === emoji) ?? { emoji, count: 0, user_ids: [] };
  const rest = group.user_ids.filter((id) => id !== user_id);
  const changed: Reaction = {
    emoji,
    count: group.count + (added ? 1 : -1),
    user_ids: added ? [...rest, user_id].slice(0, SHOWN_REACTORS) : rest,
  };
  return [...reactions.filter((each) => each.emoji !== emoji), changed]
    .filter((each) => each.count > 0)
    .sort((one, other) => (one.emoji < other.emoji ? -1 : 1));
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

/** Take over what the server says of one's membership; marks only ever move forward. */
export async function mergeMy(batch: Batch, fresh: My, own: number): Promise<void> {
  const row = await batch.chatRow(fresh.chat_id);
  if (row === undefined) return;
  await batch.chat({ ...row, my: merged(row, fresh) });
  await moveMark(batch, fresh.chat_id, fresh, own);
  await takeDraft(batch, fresh);
}

function merged(row: ChatRow, fresh: My): My {
  const { read_seq, received_seq, read_n, unread } = row.my;
  const mentions = fresh.read_n >= read_n ? fresh.mentions : row.my.mentions;
  return { ...fresh, read_seq, received_seq, read_n, unread, mentions };
}

export async function takeDraft(batch: Batch, fresh: My): Promise<void> {
  const { chat_id } = fresh;
  const held = await batch.get("drafts", chat_id);
  const text = fresh.draft ?? "";
  if (held?.dirty || (held?.text ?? "") === text) return;
  batch.put("drafts", chat_id, { chat_id, text, dirty: false });
  batch.say(`draft ${chat_id}`, { kind: "draft", chat_id, text });
}

export interface MarkTo {
  read_seq: number;
  received_seq: number;
  read_n: number;
}

/** Move one's mark forward; what is behind it is no longer unread. */
export async function moveMark(
  batch: Batch,
  chat_id: number,
  to: MarkTo,
  own: number,
): Promise<void> {
  const row = await batch.chatRow(chat_id);
  if (row === undefined) return;
  const { my } = row;
  const read_n = Math.max(my.read_n, to.read_n);
  const moves = read_n > my.read_n;
  const read = moves ? await batch.mentions(chat_id, my.read_n, read_n, own) : 0;
  const moved: My = {
    ...my,
    read_n,
    read_seq: Math.max(my.read_seq, to.read_seq),
    received_seq: Math.max(my.received_seq, to.received_seq),
    unread: moves ? await unreadAfter(batch, row, read_n) : my.unread,
    mentions: read_n >= row.n ? 0 : Math.max(0, my.mentions - read),
  };
  await batch.chat({ ...row, my: moved });
}

/** What is unread once the mark stands further on: less the deleted messages ahead of it. */
async function unreadAfter(batch: Batch, row: ChatRow, read_n: number): Promise<number> {
  const { id, n, my } = row;
  const ahead = await batch.held(id, read_n, n);
  if (ahead.all === n - read_n) return ahead.all - ahead.dead;
  // Not all of it is here: of the deleted ones some lie behind the mark now, as far as is known.
  const passed = await batch.held(id, my.read_n, read_n);
  const dead = Math.max(ahead.dead, n - my.read_n - my.unread - passed.dead);
  return Math.max(0, Math.min(n - read_n - dead, my.unread));
}

export async function takeMarks(batch: Batch, chat_id: number, fresh: MemberMark[]): Promise<void> {
  const row = await batch.chatRow(chat_id);
  if (row === undefined) return;
  const marks = new Map(row.marks.map((mark) => [mark[0], mark]));
  for (const [user_id, read, received] of fresh) {
    const held = marks.get(user_id) ?? [user_id, 0, 0];
    marks.set(user_id, [user_id, Math.max(held[1], read), Math.max(held[2], received)]);
  }
  const changed = { ...row, marks: [...marks.values()] };
  batch.put("chats", chat_id, changed);
  batch.say(`marks ${chat_id}`, { kind: "marks", chat_id, marks: changed.marks });
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
