// The feeds of an account, made when first looked at. Apart from the chats, so that the list of them,
// which is what one sees first, does not wait for what only an open chat needs.

import type { Chats } from "./chats.ts";
import { Feed } from "./feed.ts";
import { Named } from "./row-store.ts";

const made = new WeakMap<Chats, Named<number, Feed>>();

/** The same feed for the same chat. */
export function feedOf(chats: Chats, chat_id: number): Feed {
  let feeds = made.get(chats);
  if (feeds === undefined) made.set(chats, (feeds = new Named((id) => new Feed(chats.feedParts(id)))));
  return feeds.of(chat_id);
}
