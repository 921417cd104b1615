// Whether a message or a task is what the operators of a query ask for. Pure.

import type { Message, Task } from "../types.ts";
import type { Wanted } from "./hits.ts";

const LINK = /https?:\/\/|www\./i;

export function passes(message: Message, wanted: Wanted): boolean {
  const { sender_id, created_at, deleted_at, chat_id } = message;
  if (deleted_at !== null || !isThere(chat_id, sender_id, Date.parse(created_at), wanted)) return false;
  const has = (what: string): boolean => hasOf(message, what);
  const is = (what: string): boolean => (what === "mine" ? sender_id === wanted.own : message.pinned_at !== null);
  return wanted.has.every(has) && !wanted.not_has.some(has) && wanted.is.every(is) && !wanted.not_is.some(is);
}

function hasOf({ files, text, task_id }: Message, what: string): boolean {
  if (what === "file") return files.length > 0;
  if (what === "image") return files.some(({ mime }) => mime.startsWith("image/"));
  return what === "link" ? LINK.test(text) : task_id !== null;
}

function isThere(chat_id: number, by: number, at: number, wanted: Wanted): boolean {
  const { from, not_from, chats, not_chats, since, until } = wanted;
  return (
    (from === null || from.includes(by)) &&
    !not_from.includes(by) &&
    (chats === null || chats.includes(chat_id)) &&
    !not_chats.includes(chat_id) &&
    at >= since &&
    at < until
  );
}

export function passesTask(task: Task, wanted: Wanted): boolean {
  const { chat_id, creator, created_at, deleted_at, labels } = task;
  if (deleted_at !== null || !isThere(chat_id, creator, Date.parse(created_at), wanted)) return false;
  const has = (what: string): boolean => what === "task" || (what === "file" && task.files.length > 0);
  const is = (what: string): boolean => isOf(task, what, wanted.own);
  return (
    wanted.labels.every((label) => labels.some((each) => each.toLowerCase() === label.toLowerCase())) &&
    isDue(task, wanted.due) &&
    wanted.has.every(has) &&
    !wanted.not_has.some(has) &&
    wanted.is.every(is) &&
    !wanted.not_is.some(is)
  );
}

function isOf({ assigned_to, status }: Task, what: string, own: number): boolean {
  if (what === "mine") return assigned_to === own;
  return what === "task" || what === status;
}

function isDue({ due, status }: Task, wanted: Wanted["due"]): boolean {
  if (wanted === null) return true;
  if (status !== "open") return false;
  if (wanted === "none" || due === null) return due === null && wanted === "none";
  const day = "date" in due ? due.date : due.at.slice(0, 10);
  return day >= wanted.from && day < wanted.to;
}
