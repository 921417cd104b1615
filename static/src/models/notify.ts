// Whether a person is told of something while they look elsewhere, and why. Pure, and the same as the
// server's `rules/notify.py`, which decides for push: tests/vectors/notify.json holds both to one table.

import { isMention } from "./batch.ts";
import type { NotifyLevel } from "./contract.ts";
import type { Chat, Message, NotifySettings, QuietHours, Task } from "./types.ts";

export type Telling = "off" | "silent" | "alert";

export const DEFAULTS = {
  direct: "alert",
  mention: "alert",
  mention_all: "alert",
  reply: "alert",
  keyword: "alert",
  chat: "alert",
  task_assigned: "alert",
  task_changed: "silent",
  task_commented: "alert",
  task_due: "alert",
  reaction: "off",
  invited: "alert",
} as const satisfies Record<string, Telling>;

export type Cause = keyof typeof DEFAULTS;
export type Reason =
  | "told"
  | "own"
  | "deleted"
  | "read"
  | "no_cause"
  | "chat_off"
  | "muted"
  | "cause_off"
  | "quiet_hours"
  | "do_not_disturb";

export interface Verdict {
  telling: Telling;
  reason: Reason;
  cause: Cause | null;
}

/** Of several causes that would be told alike, the first is named. */
const RANK: Cause[] = [
  "mention",
  "reply",
  "task_assigned",
  "task_due",
  "direct",
  "task_commented",
  "invited",
  "mention_all",
  "keyword",
  "task_changed",
  "reaction",
  "chat",
];
/** What a chat's own level and its being muted bind; one's tasks are told all the same. */
const OF_CHATS = new Set<Cause>(["direct", "mention", "mention_all", "reply", "keyword", "chat", "reaction"]);

/** A message: who wrote what it answers, and the task it comments on, where these are known. */
export interface Posted {
  message: Message;
  chat_kind: Chat["kind"];
  answered: number | null;
  task: Pick<Task, "assigned_to" | "creator"> | null;
}

export interface Reader {
  user_id: number;
  level: NotifyLevel;
  muted: boolean;
  read: boolean;
  zone: string;
  settings: NotifySettings;
}

export function decide(posted: Posted, reader: Reader, now: number): Verdict {
  const { message } = posted;
  const { settings } = reader;
  if (message.sender_id === reader.user_id) return untold("own");
  if (message.deleted_at !== null) return untold("deleted");
  const causes = causesOf(posted, reader);
  const [allowed, held] = allowedByChat(causes, reader);
  if (allowed.length === 0) return untold(held, first(causes));
  const cause = loudest(allowed, settings);
  const telling = tellingOf(settings, cause);
  if (telling === "off") return untold("cause_off", cause);
  const refused = reader.read ? "read" : hushed(settings, reader.zone, now);
  return refused === null ? { telling, reason: "told", cause } : untold(refused, cause);
}

/** Why nothing is told at this moment, whatever it is. */
export function hushed(settings: NotifySettings, zone: string, now: number): "do_not_disturb" | "quiet_hours" | null {
  if (settings.until && now < Date.parse(settings.until)) return "do_not_disturb";
  return settings.quiet && isQuiet(settings.quiet, zone, now) ? "quiet_hours" : null;
}

export function tellingOf(settings: NotifySettings, cause: Cause): Telling {
  return settings.causes?.[cause] ?? DEFAULTS[cause];
}

function untold(reason: Reason, cause: Cause | null = null): Verdict {
  return { telling: "off", reason, cause };
}

function causesOf({ message, chat_kind, answered, task }: Posted, { user_id, settings }: Reader): Cause[] {
  const causes: Cause[] = [];
  if (message.mentions.includes(user_id)) causes.push("mention");
  if (message.mentions_all && isMention(message, user_id)) causes.push("mention_all");
  if (answered === user_id) causes.push("reply");
  if (task !== null && [task.assigned_to, task.creator].includes(user_id)) causes.push("task_commented");
  if (namesAWord(message.text, settings.keywords ?? [])) causes.push("keyword");
  causes.push(chat_kind === "direct" ? "direct" : "chat");
  return causes;
}

function allowedByChat(causes: Cause[], { level, muted }: Reader): [Cause[], Reason] {
  const held: Reason = muted ? "muted" : "chat_off";
  if (muted || level === "none") return [causes.filter((cause) => !OF_CHATS.has(cause)), held];
  // A chat of two has little else to tell.
  if (level === "mentions") return [causes.filter((cause) => cause !== "chat"), held];
  return [causes, "told"];
}

function loudest(causes: Cause[], settings: NotifySettings): Cause {
  for (const telling of ["alert", "silent"]) {
    const found = causes.filter((cause) => tellingOf(settings, cause) === telling);
    if (found.length > 0) return first(found);
  }
  return first(causes);
}

function first(causes: Cause[]): Cause {
  return RANK.find((cause) => causes.includes(cause)) ?? "chat";
}

/** Whether a text has one of the words, whole and in any case; `ё` is `е`. */
function namesAWord(text: string, words: string[]): boolean {
  if (words.length === 0) return false;
  const wanted = words.map((word) => folded(word).replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("|");
  return new RegExp(`(?<![\\p{L}\\p{N}_])(?:${wanted})(?![\\p{L}\\p{N}_])`, "u").test(folded(text));
}

function folded(text: string): string {
  return text.toLowerCase().replaceAll("ё", "е");
}

/** Whether a person's wall clock stands within their quiet hours. */
export function isQuiet(hours: QuietHours, zone: string, now: number): boolean {
  const { start = "22:00", end = "08:00", days = ALL_DAYS, whole_days = [] } = hours;
  const { day, clock } = wallClock(zone, now);
  if (whole_days.includes(day)) return true;
  const begins = days.includes(day);
  if (start < end) return begins && start <= clock && clock < end;
  const began = days.includes(day === 1 ? 7 : day - 1);
  return (begins && clock >= start) || (began && clock < end);
}

export const ALL_DAYS = [1, 2, 3, 4, 5, 6, 7];
const NAMES = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** The day of the week (1 is Monday) and the time, like `09:30`. */
function wallClock(zone: string, now: number): { day: number; clock: string } {
  const format = new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  });
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  return { day: NAMES.indexOf(parts["weekday"] ?? "") + 1, clock: `${parts["hour"]}:${parts["minute"]}` };
}
