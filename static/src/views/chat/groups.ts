// How messages stand under each other: by day, and in groups of one person's within a few minutes. Pure.

import type { Message } from "../../models/types.ts";

/** One person's messages so close together are read as one. */
export const GROUP_MS = 5 * 60_000;

export interface Placed<M extends Message> {
  message: M;
  /** The first of its group: has the face and the name. */
  first: boolean;
  /** The last of its group: has the time. */
  last: boolean;
}

export interface Day<M extends Message> {
  /** The local date, the same for every message of the day. */
  date: string;
  at: string;
  posts: Placed<M>[];
}

/** The days of messages in ascending order; `line` is the `seq` before which a group must end. */
export function daysOf<M extends Message>(messages: M[], line: number | null = null): Day<M>[] {
  const days: Day<M>[] = [];
  messages.forEach((message, index) => {
    const { date } = momentOf(message);
    let day = days.at(-1);
    if (day?.date !== date) days.push((day = { date, at: message.created_at, posts: [] }));
    const [before, after] = [messages[index - 1], messages[index + 1]];
    const first = before === undefined || !together(before, message) || message.seq === line;
    const last = after === undefined || !together(message, after) || after.seq === line;
    day.posts.push({ message, first, last });
  });
  return days;
}

export function together(one: Message, next: Message): boolean {
  if (one.sender_id !== next.sender_id) return false;
  const [before, after] = [momentOf(one), momentOf(next)];
  return after.at - before.at < GROUP_MS && after.date === before.date;
}

/** The first message that was not read, after a mark; one's own never is. */
export function firstUnread(messages: Message[], read_seq: number, own: number): number | null {
  const found = messages.find((each) => each.seq > read_seq && each.sender_id !== own);
  return found?.seq ?? null;
}

interface Moment {
  at: number;
  /** The local date. */
  date: string;
}

/** Each is asked for its moment again with every message that comes. */
const moments = new WeakMap<Message, Moment>();

function momentOf(message: Message): Moment {
  const known = moments.get(message);
  if (known !== undefined) return known;
  const date = new Date(message.created_at);
  const made = { at: date.getTime(), date: `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}` };
  moments.set(message, made);
  return made;
}
