// Notifications of what happens while nobody looks at any window of the client. Shown by the service
// worker's registration, so that a click leads to the place. A chat has one notification, which is
// heard again with every message, once from however many tabs.

import type { Account } from "../../models/account.ts";
import type { Change } from "../../models/changes.ts";
import type { Words } from "../../lib/locale.ts";
import { isTold } from "../../models/telling.ts";
import type { Message } from "../../models/types.ts";
import { isLookedAt, onAttention } from "../../lib/attention.ts";

export interface Notice {
  title: string;
  body: string;
  tag: string;
  place: string;
  /** Which message of the chat it is about: of two tabs that tell the same, one does. */
  seq?: number;
}

const LOOKED_AT = "messenger-looked-at";

/** What the browser allows; `none` where it has no notifications. */
export function permission(): NotificationPermission | "none" {
  return "Notification" in window ? Notification.permission : "none";
}

export async function notify({ title, body, tag, place, seq = 0 }: Notice): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration === undefined) return;
  const shown = await registration.getNotifications({ tag });
  if (seq > 0 && shown.some((each) => ((each.data as { seq?: number } | null)?.seq ?? 0) >= seq)) return;
  const options = { body, tag, renotify: true, icon: "/icon-192.png", data: { place, seq } };
  await registration.showNotification(title, options);
}

/** Tell of new messages while nobody looks; the result ends it. */
export function tellWhileAway(account: Account, words: Words): () => void {
  const known = new Map<number, number>();
  for (const { id, last } of account.chats.list.peek()) known.set(id, last?.n ?? 0);
  const hear = (changes: Change[]): void => {
    for (const change of changes) {
      if (change.kind !== "message") continue;
      const { chat_id, n } = change.message;
      const before = known.get(chat_id) ?? account.chats.row(chat_id)?.my.read_n ?? n;
      if (n <= before) continue;
      known.set(chat_id, n);
      // In this order: what the browser allows is asked of another process.
      if (!isLookedAt() && permission() === "granted") void told(account, words, change.message);
    }
  };
  const ends = [account.changes.hear(hear), sayLookedAt()];
  return () => {
    for (const end of ends) end();
  };
}

async function told(account: Account, words: Words, message: Message): Promise<void> {
  const { chat_id, seq, reply_to, sender_id } = message;
  const answered = reply_to === null ? undefined : await account.database.get("messages", [chat_id, reply_to]);
  const chat = account.chats.of(chat_id).peek();
  if (chat === null || !isTold(chat, message, account.user_id, answered) || (await isOneLookedAt())) return;
  const who = account.people.name(sender_id);
  const title = chat.other ? who : chat.title || words.t("chats.common");
  const from = chat.other ? "" : `${who}: `;
  const { saidIn } = await import("../files/said.ts");
  const tag = `chat-${chat_id}`;
  const notice = { title, body: from + saidIn(message, words), tag, place: `/chat/${chat_id}/${seq}`, seq };
  await oneAfterAnother(tag, () => notify(notice));
}

function oneAfterAnother(name: string, run: () => Promise<void>): Promise<void> {
  return navigator.locks === undefined ? run() : navigator.locks.request(`messenger-${name}`, run);
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
