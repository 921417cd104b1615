// What the tabs of a chat's files list: where it comes from, and what of a message or a card belongs into it.

import { linksIn } from "../../lib/markdown/links.ts";
import type { Account } from "../../models/account.ts";
import type { Change } from "../../models/changes.ts";
import type { ChatFile, File, Message, Task } from "../../models/types.ts";
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
    // One file may hang on a message and on a card.
    id: ({ id, seq, task_id }) => (task_id === null ? `${seq} ${id}` : `card ${task_id} ${id}`),
    at: ({ attached_at }) => attached_at,
    local: async () => [
      ...(await messagesHere(account, chat_id)).flatMap((message) => filesIn(message, tab, name)),
      ...(await account.database.getAllFromIndex("tasks", "chat", chat_id)).flatMap((task) => filesOn(task, tab, name)),
    ],
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
    at: ({ created_at }) => created_at,
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

/** Follow the files of a chat's cards: what is taken off goes, of what comes the server knows the place. */
export function followCards(account: Account, chat_id: number, tab: FileTab, name: string, listing: Listing<ChatFile>): () => void {
  const follow = (task_id: number, files: readonly File[]): void => {
    const ids = new Set(files.map(({ id }) => id));
    const on = (item: ChatFile): boolean => item.task_id === task_id;
    listing.change((item) => on(item) && !ids.has(item.id), []);
    for (const { id } of listing.items.peek().filter(on)) ids.delete(id);
    if (fitting(files, tab, name).some(({ id }) => ids.has(id))) void listing.renew();
  };
  return account.changes.hear((changes: Change[]) => {
    for (const change of changes) {
      if (change.kind === "task.gone") follow(change.id, []);
      if (change.kind !== "task" || change.task.chat_id !== chat_id) continue;
      follow(change.task.id, change.task.deleted_at === null ? change.task.files : []);
    }
  });
}

export function filesIn(message: Message, tab: FileTab, name: string): ChatFile[] {
  return fitting(filesOfMessage(message), tab, name).toReversed();
}

export function filesOfMessage({ seq, created_at, files }: Message): ChatFile[] {
  return files.map((file) => ({ ...file, seq, task_id: null, attached_at: created_at }));
}

/** As far as is known here: a card does not say when its files were attached. */
function filesOn({ id, rev, deleted_at, files = [] }: Task, tab: FileTab, name: string): ChatFile[] {
  if (deleted_at !== null) return [];
  return fitting(files, tab, name)
    .map((file) => ({ ...file, seq: rev, task_id: id, attached_at: file.created_at }))
    .toReversed();
}

function fitting<F extends File>(files: readonly F[], tab: FileTab, name: string): F[] {
  const wanted = name.toLocaleLowerCase();
  return files.filter((file) => tabOf(file) === tab && file.name.toLocaleLowerCase().includes(wanted));
}

/** As the server tells them apart. */
function tabOf({ mime, shown_as }: File): FileTab {
  if (shown_as === "voice") return "voice";
  return shown_as !== "file" && /^(image|video)\//.test(mime) ? "media" : "documents";
}
