// What the server in memory answers to REST.

import type { Message, Task } from "../models/types.ts";
import { AT, Refusal } from "./refusal.ts";
import type { FakeServer } from "./server.ts";

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
}

/** The body of the answer; raises Refusal. */
export function route(server: FakeServer, user_id: number, asked: Asked): unknown {
  const { method, path, query, body } = asked;
  const id = Number(/^\/\w+\/(\d+)/.exec(path)?.[1]);
  if (path.startsWith("/auth/")) {
    return { data: { access: "t", refresh: null, expires_in: 900, user: server.me(user_id) } };
  }
  if (path === "/sync/bootstrap") return bootstrap(server, user_id, Number(query.get("next") ?? 0));
  if (path.endsWith("/snapshot")) return { data: server.snapshot(id, user_id) };
  if (/^\/chats\/\d+\/messages$/.test(path)) return page(server, id, query);
  if (path === "/users/batch") return { data: [] };
  if (method === "GET" && /^\/tasks\/\d+$/.test(path)) {
    const found = [...server.rooms.values()].find((room) => room.tasks.has(id))?.tasks.get(id);
    if (found !== undefined) return { data: found };
  }
  if (method === "POST" && path === "/tasks") {
    const { chat_id, ...fields } = body;
    return { data: server.task(chat_id as number, fields as Partial<Task>) };
  }
  if (path.startsWith(`/tasks/${id}/files`)) return { data: changeFiles(server, id, asked) };
  if (path.endsWith("/move")) return { data: move(server, id, body) };
  if (method === "PATCH") {
    const { version, ...fields } = body as { version?: number };
    return { data: server.changeTask(id, fields, version) };
  }
  if (method === "DELETE") {
    return { data: server.changeTask(id, { deleted_at: AT }, undefined, "task.deleted") };
  }
  throw new Refusal(404, "not_found");
}

function move(server: FakeServer, id: number, body: Record<string, unknown>): Task {
  const { version, column_id } = body as { version?: number; column_id: number };
  return server.changeTask(id, { column_id, position: "a5" }, version, "task.moved");
}

/** Files come and go one by one, whatever the version. */
function changeFiles(server: FakeServer, id: number, { method, path, body }: Asked): Task {
  const { files, cover_file_id } = server.changeTask(id, {});
  if (method === "DELETE") {
    const gone = path.split("/").at(-1);
    const cover = cover_file_id === gone ? null : cover_file_id;
    return server.changeTask(id, { files: files.filter((file) => file.id !== gone), cover_file_id: cover });
  }
  const added = (body["file_ids"] as string[]).map((file_id) => {
    const file = server.files.stored.get(file_id);
    if (file === undefined) throw new Refusal(404, "not_found");
    return file;
  });
  const cover = body["cover"] === true ? (cover_file_id ?? added[0]?.id ?? null) : cover_file_id;
  return server.changeTask(id, { files: [...files, ...added], cover_file_id: cover });
}

function bootstrap(server: FakeServer, user_id: number, from: number): unknown {
  const ids = server.chatsOf(user_id);
  const found = ids.slice(from, from + server.pageSize);
  const next = from + found.length;
  const first = from === 0;
  return {
    data: found.map((id) => server.snapshot(id, user_id)),
    next: next < ids.length ? String(next) : null,
    me: first ? server.me(user_id) : null,
    users: first ? [...server.users.values()] : null,
    tasks: first ? [] : null,
    cursors: first ? [user_id, ...ids].map((id) => [id, server.seq(id)]) : null,
    epoch: server.epoch,
  };
}

function page(server: FakeServer, chat_id: number, query: URLSearchParams): unknown {
  const all = server.room(chat_id).messages;
  const limit = Math.min(Number(query.get("limit") ?? 50), server.pageSize);
  return { data: chosen(all, limit, query), next: null, oldest_seq: 1, archived_seq: 0 };
}

function chosen(all: Message[], limit: number, query: URLSearchParams): Message[] {
  const around = query.get("around_seq");
  if (around !== null) {
    const at = all.findIndex((message) => message.seq >= Number(around));
    return all.slice(Math.max(0, at - limit / 2), at + limit / 2);
  }
  const before = Number(query.get("before_seq") ?? Infinity);
  const after = Number(query.get("after_seq") ?? 0);
  const found = all.filter((message) => message.seq < before && message.seq > after);
  return after > 0 ? found.slice(0, limit) : found.slice(-limit);
}
