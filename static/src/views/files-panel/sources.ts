// What the tabs of a chat's files list: where it comes from, and what of a message belongs into it.

import { linksIn } from "../../lib/markdown/links.ts";
import type { Account } from "../../models/account.ts";
import type { Change } from "../../models/changes.ts";
import type { ChatFile, File, Message } from "../../models/types.ts";
import { Listing } from "./listing.ts";

export type FileTab = "media" | "documents" | "voice";

/** An address in a message. */
export interface ChatLink {
  id: string;
  chat_id: number;
  seq: number;
  sender_id: number;
  created_at: string;
  href: string;
  text: string;
}

const PAGE = 60;

export function filesOf(account: Account, chat_id: number, tab: FileTab, name: string): Listing<ChatFile> {
  const kind = tab === "documents" ? "document" : tab;
  return new Listing({
    ask: (next) =>
      account.http.page<ChatFile>(`/chats/${chat_id}/files`, {
        kind,
        limit: PAGE,
        ...(name !== "" && { name }),
        ...(next !== null && { before: next }),
      }),
    order: (one, other) => other.seq - one.seq,
    id: ({ id }) => id,
    local: async () => (await messagesHere(account, chat_id)).flatMap((message) => filesIn(message, tab, name)),
  });
}

export function linksOf(account: Account, chat_id: number): Listing<ChatLink> {
  return new Listing({
    ask: async (next) => {
      const query = { limit: PAGE, ...(next !== null && { before_seq: next }) };
      const page = await account.http.page<Message>(`/chats/${chat_id}/links`, query);
      return { data: page.data.flatMap(webLinks), next: page.next };
    },
    order: (one, other) => other.seq - one.seq,
    id: ({ id }) => id,
    local: async () => (await messagesHere(account, chat_id)).flatMap(webLinks),
  });
}

/** A chat's messages that are on this device. */
function messagesHere({ database }: Account, chat_id: number): Promise<Message[]> {
  return database.getAll("messages", IDBKeyRange.bound([chat_id, 0], [chat_id, Infinity]));
}

/** The addresses of a message that lead into the web, each once. */
export function webLinks({ chat_id, seq, sender_id, created_at, text }: Message): ChatLink[] {
  const hrefs = linksIn(text).map(({ href }) => href);
  const web = [...new Set(hrefs)].filter((href) => /^https?:/i.test(href));
  return web.map((href) => ({ id: `${seq} ${href}`, chat_id, seq, sender_id, created_at, href, text }));
}

/** Follow a chat's messages as they come, change and go; the result ends it. */
export function followMessages(account: Account, chat_id: number, changed: (message: Message) => void): () => void {
  return account.changes.hear((changes: Change[]) => {
    for (const change of changes) {
      if (change.kind === "message" && change.message.chat_id === chat_id) changed(change.message);
    }
  });
}

export function filesIn(message: Message, tab: FileTab, name: string): ChatFile[] {
  const wanted = name.toLocaleLowerCase();
  return message.files
    .filter((file) => tabOf(file) === tab && file.name.toLocaleLowerCase().includes(wanted))
    .map((file) => ({ ...file, seq: message.seq }))
    .toReversed();
}

/** As the server tells them apart. */
function tabOf({ mime, shown_as }: File): FileTab {
  if (shown_as === "voice") return "voice";
  return shown_as !== "file" && /^(image|video)\//.test(mime) ? "media" : "documents";
}
