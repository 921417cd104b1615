// Notifications of what happens while nobody looks at any window of the client. Shown by the service
// worker's registration, so that a click leads to the place. A chat has one notification, which is
// heard again with every message, once from however many tabs.

import type { Account } from "../../models/account.ts";
import type { Change } from "../../models/changes.ts";
import type { Words } from "../../lib/locale.ts";
import { pushOf } from "../../models/push.ts";
import { readMark } from "../../models/push-mark.ts";
import { notificationsOf } from "../../models/notifications.ts";
import { decide, hushed, type Telling, tellingOf } from "../../models/notify.ts";
import type { ChatRow } from "../../models/rows.ts";
import type { Message, TaskReminder } from "../../models/types.ts";
import type { Model } from "../../models/model.ts";
import { hrefOf } from "../../lib/router.ts";
import { desktop } from "../../lib/desktop.ts";
import { chime, sounds } from "../../lib/chime.ts";
import { isLookedAt, onAttention } from "../../lib/attention.ts";
import type { ToastAsked } from "./layers.ts";
import { sayWhatIsLookedAt } from "./looking.ts";

export interface Notice {
  title: string;
  body: string;
  tag: string;
  place: string;
  /** Which message of the chat it is about: of two tabs that tell the same, one does. */
  seq?: number;
  /** Shown without a sound. */
  silent?: boolean;
  /** As a push says it (`sw/told.ts`): of two that tell of the same, one is heard. */
  kind: "message" | "reminder" | "export";
  chat_id?: number;
  task_id?: number | null;
  direct?: boolean;
}

// As the worker has them (`sw/told.ts`), which does what they say, is one file, and shares nothing.
type PushAction = "reply" | "read" | "done" | "snooze";
type Kept = Pick<Notice, "place" | "seq" | "kind" | "chat_id" | "task_id" | "direct"> & { key: string };

const ACTIONS: Record<Notice["kind"], PushAction[]> = {
  message: ["reply", "read"],
  reminder: ["done", "snooze"],
  export: [],
};
const LOOKED_AT = "messenger-looked-at";
/** The tab that sees to it that pushes come. */
const KEEPS = "messenger-push";

/** What the browser allows; `none` where it has no notifications. */
export function permission(): NotificationPermission | "none" {
  if (desktop) return "granted";
  return "Notification" in window ? Notification.permission : "none";
}

/** `words` say what can be done in it, which the service worker does. */
export async function notify(notice: Notice, { t }: Words): Promise<void> {
  const { title, body, tag, place, kind, seq = 0, silent = false, chat_id, task_id, direct } = notice;
  if (desktop) {
    const ids = { chat_id: chat_id ?? null, task_id: task_id ?? null, direct: direct ?? false };
    return desktop.notify({ title, body, tag, place, kind, seq, silent, ...ids });
  }
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration === undefined) return;
  const shown = await registration.getNotifications({ tag });
  if (seq > 0 && shown.some((each) => ((each.data as { seq?: number } | null)?.seq ?? 0) >= seq)) return;
  const data: Kept = { place, seq, kind, chat_id, task_id, direct, key: crypto.randomUUID() };
  const actions = ACTIONS[kind].map((action) => ({
    action,
    title: t(`push.${action}`),
    ...(action === "reply" ? { type: "text" } : {}),
  }));
  // Whatever the system plays is not for who wants to hear nothing, nor beside the signal.
  const still = silent || (await signal());
  const options = { body, tag, renotify: !silent, silent: still, icon: "/icon-192.png", data, actions };
  await registration.showNotification(title, options);
}

/** The signal of an open tab, unless it is switched off; true: the system is to play nothing. */
async function signal(): Promise<boolean> {
  return !sounds.peek() || (await chime());
}

/** Tell of new messages while nobody looks; the result ends it. `toast` is for who does. */
export function tellWhileAway(
  model: Model,
  account: Account,
  words: Words,
  toast: (asked: ToastAsked) => void,
): () => void {
  const show = (text: string): void => {
    const { router } = model;
    const place = { name: "settings", section: "export" } as const;
    if (hrefOf(router.place.peek()) === hrefOf(place)) return;
    toast({ text, action: { label: words.t("export.show"), run: () => router.go(place) } });
  };
  const known = new Map<number, number>();
  for (const { id, last } of account.chats.list.peek()) known.set(id, last?.n ?? 0);
  // Read now, so that what one chose is known when something comes.
  notificationsOf(account);
  // In this order: what the browser allows is asked of another process.
  const mayTell = (): boolean => !isLookedAt() && permission() === "granted" && readMark(localStorage) !== "off";
  const read = new Map<number, number>();
  const follow = ({ id, my: { read_seq } }: ChatRow): void => {
    if (read_seq > (read.get(id) ?? 0)) void withdraw(id, read_seq);
    read.set(id, read_seq);
  };
  const hear = (changes: Change[]): void => {
    for (const change of changes) {
      if (change.kind === "export.ready") void exported(mayTell(), words, show);
      if (change.kind === "task.reminder" && mayTell()) void remind(account, words, change.data as TaskReminder);
      if (change.kind === "chat") follow(change.row);
      if (change.kind !== "message") continue;
      const { chat_id, n } = change.message;
      const before = known.get(chat_id) ?? account.chats.row(chat_id)?.my.read_n ?? n;
      if (n <= before) continue;
      known.set(chat_id, n);
      if (mayTell()) void tell(account, words, change.message);
    }
  };
  const push = pushOf(account);
  const ends = [
    account.changes.hear(hear),
    sayLookedAt(),
    sayWhatIsLookedAt(account, model),
    inOneTab(KEEPS, () => words.locale.subscribe((locale) => void push.keep(locale))),
  ];
  return () => {
    for (const end of ends) end();
  };
}

async function tell(account: Account, words: Words, message: Message): Promise<void> {
  const { chat_id, seq, sender_id } = message;
  const chat = account.chats.of(chat_id).peek();
  const telling = await tellingOfMessage(account, message);
  if (chat === null || telling === "off" || (await isOneLookedAt())) return;
  const who = account.people.name(sender_id);
  const title = chat.other ? who : chat.title || words.t("chats.common");
  const from = chat.other ? "" : `${who}: `;
  const { saidIn } = await import("../files/said.ts");
  const hidden = notificationsOf(account).chosen.peek().hide_text === true;
  const body = hidden ? words.t("notices.hidden") : from + saidIn(message, words);
  const tag = `chat-${chat_id}`;
  const notice: Notice = {
    title,
    body,
    tag,
    place: `/chat/${chat_id}/${seq}`,
    seq,
    silent: telling === "silent",
    kind: "message",
    chat_id,
    task_id: message.task_id,
    direct: chat.other !== null,
  };
  await oneAfterAnother(tag, () => notify(notice, words));
}

/** What was read, here or elsewhere, is not to be told any more. */
async function withdraw(id: number, read_seq: number): Promise<void> {
  if (desktop) return desktop.withdraw(`chat-${id}`, read_seq);
  const registration = await navigator.serviceWorker?.getRegistration();
  for (const shown of (await registration?.getNotifications({ tag: `chat-${id}` })) ?? []) {
    if (((shown.data as { seq?: number } | null)?.seq ?? 0) <= read_seq) shown.close();
  }
}

async function tellingOfMessage(account: Account, message: Message): Promise<Telling> {
  const { chats, clock, database, people, tasks, user_id } = account;
  const { chat_id, n, reply_to, task_id } = message;
  const entry = chats.of(chat_id).peek();
  if (entry === null) return "off";
  const answered = reply_to === null ? undefined : await database.get("messages", [chat_id, reply_to]);
  const { chat, muted, my } = entry;
  const posted = {
    message,
    chat_kind: chat.kind,
    answered: answered?.sender_id ?? null,
    task: task_id === null ? null : tasks.of(task_id).peek(),
  };
  const reader = {
    user_id,
    level: my.notify,
    muted: muted && my.notify !== "none",
    read: n <= my.read_n,
    zone: people.me.peek().time_zone,
    settings: notificationsOf(account).chosen.peek(),
  };
  return decide(posted, reader, clock.now()).telling;
}

async function remind(account: Account, words: Words, { task_id, kind }: TaskReminder): Promise<void> {
  const settings = notificationsOf(account).chosen.peek();
  const telling = tellingOf(settings, "task_due");
  const quiet = hushed(settings, account.people.me.peek().time_zone, account.clock.now());
  if (telling === "off" || quiet !== null || (await isOneLookedAt())) return;
  const title = words.t(`notices.due_${kind}`);
  const task = account.tasks.of(task_id).peek();
  const body = settings.hide_text === true || task === null ? "" : task.title;
  const tag = `task-${task_id}`;
  const silent = telling === "silent";
  const notice: Notice = { title, body, tag, place: `/task/${task_id}`, silent, kind: "reminder", task_id };
  await oneAfterAnother(tag, () => notify(notice, words));
}

/** One's data can be fetched: said on the page that is looked at, or by the system. */
async function exported(away: boolean, words: Words, show: (text: string) => void): Promise<void> {
  const title = words.t("export.ready_now");
  if (isLookedAt()) return show(title);
  if (!away || (await isOneLookedAt())) return;
  const place = "/settings/export";
  const notice: Notice = { title, body: words.t("export.ready_hint"), tag: "export", place, kind: "export" };
  await oneAfterAnother(notice.tag, () => notify(notice, words));
}

function oneAfterAnother(name: string, run: () => Promise<void>): Promise<void> {
  return navigator.locks === undefined ? run() : navigator.locks.request(`messenger-${name}`, run);
}

/** Do it in one tab, and in another once that is closed; the result ends it. */
function inOneTab(name: string, begin: () => () => void): () => void {
  if (navigator.locks === undefined) return begin();
  const over = Promise.withResolvers<void>();
  const leaving = new AbortController();
  void navigator.locks
    .request(name, { signal: leaving.signal }, async () => {
      const end = begin();
      await over.promise;
      end();
    })
    // It never was its turn.
    .catch(() => {});
  return () => {
    leaving.abort();
    over.resolve();
  };
}

/** Other tabs know by a lock that is held as long as somebody looks at this one. */
function sayLookedAt(): () => void {
  let leave = (): void => {};
  const say = (): void => {
    leave();
    if (!isLookedAt()) return;
    void navigator.locks?.request(LOOKED_AT, { mode: "shared" }, () => new Promise<void>((done) => (leave = done)));
  };
  say();
  const end = onAttention(say);
  return () => {
    end();
    leave();
  };
}

async function isOneLookedAt(): Promise<boolean> {
  const held = (await navigator.locks?.query())?.held ?? [];
  return held.some(({ name }) => name === LOOKED_AT);
}
