// Notifications of what happens while the client is out of sight. Shown by the service worker's
// registration, so that a click leads to the place; the same tag is one notification, from however
// many tabs.

import { effect } from "@preact/signals";
import type { Account } from "../models/account.ts";
import type { Words } from "../lib/locale.ts";
import type { Message } from "../models/types.ts";

export interface Notice {
  title: string;
  body: string;
  tag: string;
  place: string;
}

/** What the browser allows; `none` where it has no notifications. */
export function permission(): NotificationPermission | "none" {
  return "Notification" in window ? Notification.permission : "none";
}

export async function notify({ title, body, tag, place }: Notice): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.showNotification(title, { body, tag, icon: "/icon-192.png", data: { place } });
}

/** Tell of new messages while the page is hidden; the result ends it. */
export function tellWhileHidden(account: Account, words: Words): () => void {
  const { chats, people, user_id } = account;
  const known = new Map<number, number>();
  return effect(() => {
    for (const chat of chats.list.value) {
      const seq = chat.last?.seq ?? 0;
      const before = known.get(chat.id);
      known.set(chat.id, seq);
      if (before === undefined || seq <= before || chat.last === null) continue;
      if (chat.last.sender_id === user_id || chat.muted || chat.unread === 0) continue;
      if (document.visibilityState === "visible" || permission() !== "granted") continue;
      const who = people.name(chat.last.sender_id);
      const title = chat.other ? who : chat.title || words.t("chats.common");
      const from = chat.other ? "" : `${who}: `;
      void tell(title, from, chat.last);
    }
  });
}

async function tell(title: string, from: string, { chat_id, seq, text }: Message): Promise<void> {
  const { plainText } = await import("../lib/markdown.ts");
  const place = `/chat/${chat_id}/${seq}`;
  await notify({ title, body: from + plainText(text), tag: `chat-${chat_id}`, place });
}
