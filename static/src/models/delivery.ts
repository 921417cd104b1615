// How each kind of write reaches the server, and what its answer means here. Messages and marks go
// over the socket, where their events come back first; tasks and columns go over REST.

import { ApiError } from "../lib/errors.ts";
import type { Http } from "../lib/http.ts";
import type { Socket } from "../lib/socket.ts";
import { type Transfer, transfer } from "../lib/transfer.ts";
import { meChanged } from "./apply.ts";
import { mergeMy } from "./marks.ts";
import type { Batch } from "./batch.ts";
import { followUp } from "./follow-up.ts";
import type { Item, ItemOf } from "./rows.ts";
import { type Deliver, type Delivered, Sending, type SendingParts } from "./sending.ts";
import type { Chat, Column, Me, Member, Message, My, NotifySettings, SavedSearches, Task } from "./types.ts";
import { Uploads } from "./uploads/engine.ts";
import { filesOf } from "./uploads/sweep.ts";
import type { Kind } from "./writes.ts";

export interface DeliveryParts {
  http: Http;
  socket: Pick<Socket, "command">;
  /** Until what came over the socket is applied: a message's event comes before its answer. */
  settled: () => Promise<void>;
  own: number;
  uploads: Uploads;
}

interface Over extends Omit<DeliveryParts, "uploads"> {
  transfer?: Transfer | undefined;
}

/** What sends, over this connection. */
export function sendingOver(parts: Over, more: Omit<SendingParts, "deliver" | "uploads">): Sending {
  const uploads = new Uploads({ ...more, http: parts.http, transfer: parts.transfer ?? transfer });
  return new Sending({ ...more, uploads, deliver: delivery({ ...parts, uploads }) });
}

type Way<K extends Kind = Kind> = (item: ItemOf<K>) => Promise<Delivered>;
type Keep<T> = (batch: Batch, answer: T) => Promise<void>;

export function delivery(parts: DeliveryParts): Deliver {
  const ways = waysOf(parts);
  return (item) => {
    // An older client may have written what is not written any more.
    const way = ways[item.kind] as Way | undefined;
    if (way === undefined) throw new TypeError(`no way to send ${item.kind}`);
    return way(item);
  };
}

function waysOf(parts: DeliveryParts): { [K in Kind]: Way<K> } {
  const { http, own } = parts;
  const message: Keep<Message> = async (batch, answer) => void (await batch.message(answer));
  const chat: Keep<Chat> = async (batch, answer) => {
    const row = await batch.chatRow(answer.id);
    if (row && answer.rev >= row.chat.rev) await batch.chat({ ...row, chat: answer });
  };
  const member: Keep<Member> = (batch, answer) => batch.member(answer);
  const my: Keep<My> = (batch, answer) => mergeMy(batch, answer, own);

  const command =
    <T>(keep: Keep<T>) =>
    async (item: Item): Promise<Delivered> => {
      const answer = await parts.socket.command<T>(item.kind, { ...item.fields, key: item.key });
      await parts.settled();
      return { apply: (batch) => keep(batch, answer) };
    };

  const task =
    <K extends Kind>(method: string, path: (item: ItemOf<K>) => string, body: (item: ItemOf<K>) => unknown): Way<K> =>
    async (item) => {
      const subject = await http.change<Task>(method, path(item), body(item), item.key);
      return subject.id === undefined ? gone : { apply: (batch) => batch.task(subject), subject };
    };
  const column =
    <K extends Kind>(method: string, path: (item: ItemOf<K>) => string, body: (item: ItemOf<K>) => unknown): Way<K> =>
    async (item) => {
      const subject = await http.change<Column>(method, path(item), body(item), item.key);
      return subject.id === undefined ? gone : { apply: (batch) => batch.column(subject), subject };
    };
  const changes = ({ fields }: ItemOf<"task.update" | "column.update">): object => ({
    ...fields.changes,
    ...(fields.version === undefined ? {} : { version: fields.version }),
  });
  const taskPath = ({ fields }: { fields: { task_id: number } }): string => `/tasks/${fields.task_id}`;
  const filesPath = (item: { fields: { task_id: number } }): string => `${taskPath(item)}/files`;
  const columnPath = ({ fields }: { fields: { column_id: number } }): string => `/columns/${fields.column_id}`;

  return {
    "message.send": async (item) => {
      await withFiles(parts.uploads, item, async (fields) => {
        await parts.socket.command("message.send", { ...fields, client_message_id: item.key });
        await parts.settled();
      });
      // Its event has taken it off the outbox; not, when the log that had it is gone.
      return item.edited ? { apply: nothing, next: (batch) => after(batch, item) } : { apply: nothing };
    },
    "message.forward": async (item) => {
      const fields = { ...without(item.fields, "copies"), client_message_id: item.key };
      await parts.socket.command("message.forward", fields);
      await parts.settled();
      return { apply: nothing };
    },
    // There is nothing to send: had it been stored, what came before this would have had it.
    "message.unsend": async (item) => ({ apply: nothing, next: (batch) => after(batch, item) }),
    "message.edit": (item) => {
      return withFiles(parts.uploads, item, (fields) => command(message)({ ...item, fields } as ItemOf<"message.edit">));
    },
    "message.delete": command(message),
    "message.pin": command(message),
    "message.unpin": command(message),
    "reaction.add": command(nothing),
    "reaction.remove": command(nothing),
    "read.mark": command(nothing),
    "draft.set": draft(parts),
    "notify.set": command(my),
    "listing.set": command(my),
    "chat.update": command(chat),
    "member.add": command(nothing),
    "member.update": command(member),
    "member.remove": command(member),
    "task.create": task("POST", () => "/tasks", taskBody),
    "message.task": task(
      "POST",
      ({ chat_id, fields }) => `/chats/${chat_id}/messages/${fields.seq}/task`,
      ({ fields }) => without(fields, "seq", "temporary"),
    ),
    "task.update": task<"task.update">("PATCH", taskPath, changes),
    "task.move": task(
      "POST",
      (item) => `${taskPath(item)}/move`,
      ({ fields }) => without(fields, "task_id"),
    ),
    "task.delete": task("DELETE", taskPath, () => undefined),
    "task.attach": (item) =>
      withFiles(parts.uploads, item, (fields) => {
        return task<"task.attach">("POST", filesPath, () => without(fields, "task_id"))(item);
      }),
    "task.detach": task(
      "DELETE",
      (item) => `${filesPath(item)}/${item.fields.file_id}`,
      () => undefined,
    ),
    "column.create": column(
      "POST",
      ({ chat_id }) => `/chats/${chat_id}/columns`,
      ({ fields }) => without(fields, "temporary"),
    ),
    "column.update": column<"column.update">("PATCH", columnPath, changes),
    "column.move": column(
      "POST",
      (item) => `${columnPath(item)}/move`,
      ({ fields }) => ({ before: fields.before }),
    ),
    "column.delete": column("DELETE", columnPath, () => undefined),
    "notifications.set": command<NotifySettings>(async (batch, answer) => batch.notifications(answer)),
    "searches.set": command<SavedSearches>(async (batch, answer) => batch.searches(answer)),
    "me.update": async (item) => {
      const me = await http.change<Me>("PATCH", "/users/me", item.fields.changes, item.key);
      return { apply: async (batch) => void (await meChanged(batch, me)) };
    },
  };
}

/** Send a write with what its files have become; what the server has forgotten of them goes once more. */
async function withFiles<T>(
  uploads: Uploads,
  item: ItemOf<"message.send" | "message.edit" | "task.attach">,
  send: (fields: object) => Promise<T>,
): Promise<T> {
  const fields = without(item.fields, "files");
  if (filesOf(item).length === 0) return send(fields);
  const kept = item.kind === "task.attach" ? [] : (item.fields.file_ids ?? []);
  const file_ids = [...kept, ...uploads.fileIds(item)];
  try {
    return await send({ ...fields, file_ids });
  } catch (error) {
    const missing = error instanceof ApiError && error.code === "not_found";
    if (!missing || !(await uploads.forget(item))) throw error;
    throw new ApiError({ code: "unavailable", message: error.message, details: { retry_after_ms: 0 } });
  }
}

async function after(batch: Batch, item: ItemOf<"message.send" | "message.unsend">): Promise<Item | null> {
  const message = await batch.ofKey(item.chat_id, item.key);
  return message === null || message.deleted_at !== null ? null : followUp(item, message);
}

/** A draft that was not touched again is the server's now: what comes from there is newer. */
function draft(parts: DeliveryParts): Way<"draft.set"> {
  return async ({ chat_id, fields, key }) => {
    const { text } = fields;
    await parts.socket.command("draft.set", { chat_id, text, key });
    return {
      apply: async (batch) => {
        const held = await batch.get("drafts", chat_id);
        if (held?.text === text) batch.put("drafts", chat_id, { chat_id, text, dirty: false });
      },
    };
  };
}

function taskBody({ chat_id, fields }: ItemOf<"task.create">): object {
  return { ...without(fields, "temporary"), chat_id };
}

function without(fields: object, ...names: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

async function nothing(): Promise<void> {}

/** A deletion that was answered without its object; the event has it. */
const gone: Delivered = { apply: nothing };
