// A server in memory that keeps the contract: streams, snapshots, one send for one key, versions of
// tasks. Small on purpose; the real one is tested against the client in the browser.

import type { RawSocket } from "../lib/socket.ts";
import type { Chat, Event, Member, Message, My, Snapshot, Task, User } from "../models/types.ts";

const AT = "2026-11-21T09:30:00.000Z";

interface Room {
  chat: Chat;
  members: Map<number, Member>;
  my: Map<number, My>;
  messages: Message[];
  tasks: Map<number, Task>;
  n: number;
}

type Fields = Record<string, unknown>;

export class Refusal extends Error {
  readonly status: number;
  readonly body: { code: string; message: string; details?: Fields };

  constructor(status: number, code: string, details?: Fields) {
    super(code);
    this.status = status;
    this.body = { code, message: code, ...(details ? { details } : {}) };
  }
}

export class FakeServer {
  epoch = 1;
  /** Nobody gets through. */
  down = false;
  /** What is asked is done, but so many answers are lost on the way. */
  lost = 0;
  /** Answers to be given instead, for requests whose path or type fits. */
  readonly refusals: { fits: RegExp; refusal: Refusal; times: number }[] = [];
  readonly users = new Map<number, User>();
  readonly rooms = new Map<number, Room>();
  readonly logs = new Map<number, Event[]>();
  readonly sockets = new Set<ServerSocket>();
  readonly requests: string[] = [];
  readonly #done = new Map<string, unknown>();
  #nextId = 100;
  #pageSize = 50;

  constructor(...names: string[]) {
    names.forEach((name, index) => this.addUser(index + 1, name));
  }

  set pageSize(size: number) {
    this.#pageSize = size;
  }

  addUser(id: number, name: string): void {
    this.users.set(id, {
      id,
      username: name,
      display_name: name,
      avatar_url: null,
      role: "user",
      created_at: AT,
      disabled_at: null,
      rev: 0,
    });
    this.logs.set(id, []);
  }

  // What happens on the server

  group(...user_ids: number[]): number {
    const id = this.#nextId++;
    const chat: Chat = {
      id,
      kind: "group",
      title: `chat ${id}`,
      board: true,
      user_ids: null,
      created_by: user_ids[0] ?? 0,
      created_at: AT,
      updated_at: AT,
      deleted_at: null,
      rev: 0,
    };
    this.logs.set(id, []);
    this.rooms.set(id, {
      chat,
      members: new Map(),
      my: new Map(),
      messages: [],
      tasks: new Map(),
      n: 0,
    });
    this.#happened(id, "chat.created", chat);
    for (const user of user_ids) this.join(id, user);
    return id;
  }

  join(chat_id: number, user_id: number): void {
    const room = this.room(chat_id);
    const member: Member = { chat_id, user_id, role: "member", joined_at: AT, left_at: null, rev: 0 };
    room.members.set(user_id, member);
    room.my.set(user_id, {
      chat_id,
      role: "member",
      joined_at: AT,
      left_at: null,
      read_seq: this.seq(chat_id),
      received_seq: this.seq(chat_id),
      read_n: room.n,
      unread: 0,
      mentions: 0,
      notify: "all",
      muted_until: null,
      draft: null,
    });
    this.#happened(chat_id, "member.joined", member);
    const joined = { ...this.my(chat_id, user_id), seq: this.seq(chat_id) };
    this.#happened(user_id, "chat.joined", joined);
  }

  leave(chat_id: number, user_id: number): void {
    const room = this.room(chat_id);
    room.members.delete(user_id);
    this.#happened(chat_id, "member.left", { chat_id, user_id, left_at: AT, rev: 0 });
    this.#happened(user_id, "chat.left", { ...this.my(chat_id, user_id), left_at: AT });
  }

  send(user_id: number, chat_id: number, text: string, fields: Fields = {}): Message {
    const room = this.room(chat_id);
    const key = (fields["client_message_id"] as string | undefined) ?? crypto.randomUUID();
    const held = room.messages.find((each) => each.client_message_id === key);
    if (held !== undefined) return held;
    room.n += 1;
    const seq = this.seq(chat_id) + 1;
    const message: Message = {
      chat_id,
      seq,
      n: room.n,
      sender_id: user_id,
      client_message_id: key,
      text,
      reply_to: null,
      files: [],
      reactions: [],
      mentions: [...text.matchAll(/@(\w+)/g)].flatMap(([, name]) =>
        [...this.users.values()].filter((user) => user.username === name).map(({ id }) => id),
      ),
      mentions_all: false,
      task_id: (fields["task_id"] as number | undefined) ?? null,
      pinned_at: null,
      pinned_by: null,
      created_at: AT,
      edited_at: null,
      deleted_at: null,
      rev: seq,
    };
    room.messages.push(message);
    this.mark(user_id, chat_id, seq);
    this.#happened(chat_id, "message.created", message, user_id);
    return message;
  }

  /** Change a message and tell so. */
  change(chat_id: number, seq: number, type: string, fields: Partial<Message>): Message {
    const { messages } = this.room(chat_id);
    const at = messages.findIndex((message) => message.seq === seq);
    const changed = { ...(messages[at] as Message), ...fields, rev: this.seq(chat_id) + 1 };
    messages[at] = changed;
    this.#happened(chat_id, type, changed);
    return changed;
  }

  mark(user_id: number, chat_id: number, read_seq: number): void {
    const room = this.room(chat_id);
    const my = room.my.get(user_id);
    if (my === undefined || read_seq <= my.read_seq) return;
    const read_n = room.messages.findLast((each) => each.seq <= read_seq)?.n ?? my.read_n;
    room.my.set(user_id, { ...my, read_seq, received_seq: read_seq, read_n });
  }

  task(chat_id: number, fields: Partial<Task>): Task {
    const id = this.#nextId++;
    const task: Task = {
      id,
      number: id,
      chat_id,
      column_id: null,
      position: null,
      title: "task",
      description: "",
      status: "open",
      assigned_to: null,
      creator: 1,
      due: null,
      labels: [],
      checklist: [],
      source_seq: null,
      created_at: AT,
      updated_at: AT,
      closed_at: null,
      archived_at: null,
      deleted_at: null,
      ...fields,
      version: 1,
      rev: this.seq(chat_id) + 1,
    };
    this.room(chat_id).tasks.set(id, task);
    this.#happened(chat_id, "task.created", task);
    return task;
  }

  /** Change a task; raises the contract's conflict for a version whose fields are newer. */
  changeTask(id: number, fields: Partial<Task>, version?: number, type = "task.updated"): Task {
    const room = [...this.rooms.values()].find((each) => each.tasks.has(id));
    const task = room?.tasks.get(id);
    if (room === undefined || task === undefined) throw new Refusal(404, "not_found");
    if (version !== undefined && version !== task.version) {
      throw new Refusal(409, "version_conflict", { current: task });
    }
    const rev = this.seq(room.chat.id) + 1;
    const changed = { ...task, ...fields, version: task.version + 1, rev };
    room.tasks.set(id, changed);
    this.#happened(room.chat.id, type, changed);
    return changed;
  }

  /** Forget a chat's log up to here: who comes with an older cursor begins anew. */
  forgetLog(chat_id: number): void {
    this.logs.set(chat_id, (this.logs.get(chat_id) ?? []).slice(-1));
  }

  // What clients ask

  room(id: number): Room {
    const room = this.rooms.get(id);
    if (room === undefined) throw new Refusal(404, "not_found");
    return room;
  }

  seq(stream: number): number {
    return this.logs.get(stream)?.at(-1)?.seq ?? 0;
  }

  my(chat_id: number, user_id: number): My {
    const room = this.room(chat_id);
    const my = room.my.get(user_id);
    if (my === undefined) throw new Refusal(404, "not_found");
    return { ...my, unread: room.n - my.read_n };
  }

  chatsOf(user_id: number): number[] {
    return [...this.rooms.values()]
      .filter((room) => room.members.has(user_id))
      .map((room) => room.chat.id);
  }

  snapshot(chat_id: number, user_id: number): Snapshot {
    const room = this.room(chat_id);
    return structuredClone({
      chat: room.chat,
      my: this.my(chat_id, user_id),
      members: [...room.members.values()],
      messages: room.messages.slice(-this.#pageSize),
      pins: [],
      columns: [],
      tasks: [...room.tasks.values()],
      marks: [...room.my.values()].map((my) => [my.chat_id && this.#userOf(room, my), my.read_seq, my.received_seq] as [number, number, number]),
      seq: this.seq(chat_id),
      n: room.n,
      oldest_seq: 1,
      epoch: this.epoch,
    });
  }

  /** A browser's `fetch`, signed in as somebody. */
  fetchAs(user_id: number): typeof fetch {
    return async (address, init = {}) => {
      await Promise.resolve();
      if (this.down) throw new TypeError("fetch failed");
      const url = new URL(String(address));
      const path = url.pathname.replace("/api/v1", "");
      const method = init.method ?? "GET";
      this.requests.push(`${method} ${path}`);
      const body = (init.body ? JSON.parse(String(init.body)) : {}) as Fields;
      const key = new Headers(init.headers).get("Idempotency-Key");
      const answer = this.#answer(() => this.#once(key, () => this.#route(user_id, method, path, url.searchParams, body)), path);
      if (this.lost > 0) {
        this.lost -= 1;
        throw new TypeError("connection lost");
      }
      return answer;
    };
  }

  connectAs(user_id: number): RawSocket {
    const socket = new ServerSocket(this, user_id);
    queueMicrotask(() => {
      if (this.down) socket.closes(1006);
      else socket.opens();
    });
    return socket;
  }

  /** Cut every connection. */
  cut(code = 1006): void {
    for (const socket of [...this.sockets]) socket.closes(code);
  }

  refuse(fits: RegExp, status: number, code: string, times = 1, details?: Fields): void {
    this.refusals.push({ fits, refusal: new Refusal(status, code, details), times });
  }

  checkRefusals(what: string): void {
    const found = this.refusals.find((each) => each.times > 0 && each.fits.test(what));
    if (found === undefined) return;
    found.times -= 1;
    throw found.refusal;
  }

  #userOf(room: Room, my: My): number {
    return [...room.my].find(([, each]) => each === my)?.[0] ?? 0;
  }

  #answer(act: () => unknown, what: string): Response {
    try {
      this.checkRefusals(what);
      return new Response(JSON.stringify(act()), { status: 200 });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return new Response(JSON.stringify({ error: error.body }), { status: error.status });
    }
  }

  #once<T>(key: string | null, act: () => T): T {
    if (key !== null && this.#done.has(key)) return this.#done.get(key) as T;
    const answer = act();
    if (key !== null) this.#done.set(key, answer);
    return answer;
  }

  #route(user: number, method: string, path: string, query: URLSearchParams, body: Fields): unknown {
    const id = Number(/^\/\w+\/(\d+)/.exec(path)?.[1]);
    if (path.startsWith("/auth/")) return { data: { access: "t", refresh: null, expires_in: 900, user: this.me(user) } };
    if (path === "/sync/bootstrap") return this.#bootstrap(user, Number(query.get("next") ?? 0));
    if (path.endsWith("/snapshot")) return { data: this.snapshot(id, user) };
    if (path.endsWith("/messages") && path.startsWith("/chats")) return this.#page(id, query);
    if (path === "/users/batch") return { data: [] };
    if (method === "POST" && path === "/tasks") {
      const { chat_id, ...fields } = body;
      return { data: this.task(chat_id as number, fields as Partial<Task>) };
    }
    if (path.endsWith("/move")) {
      const { version, column_id } = body as { version?: number; column_id: number };
      return { data: this.changeTask(id, { column_id, position: "a5" }, version, "task.moved") };
    }
    if (method === "PATCH") {
      const { version, ...fields } = body as { version?: number };
      return { data: this.changeTask(id, fields, version) };
    }
    if (method === "DELETE") return { data: this.changeTask(id, { deleted_at: AT }, undefined, "task.deleted") };
    throw new Refusal(404, "not_found");
  }

  me(id: number) {
    const user = this.users.get(id) as User;
    return { ...user, email: null, locale: "en", time_zone: "UTC" };
  }

  #bootstrap(user: number, from: number): unknown {
    const ids = this.chatsOf(user);
    const page = ids.slice(from, from + this.#pageSize);
    const next = from + page.length < ids.length ? String(from + page.length) : null;
    const first = from === 0;
    return {
      data: page.map((id) => this.snapshot(id, user)),
      next,
      me: first ? this.me(user) : null,
      users: first ? [...this.users.values()] : null,
      tasks: first ? [] : null,
      cursors: first ? [user, ...ids].map((id) => [id, this.seq(id)]) : null,
      epoch: this.epoch,
    };
  }

  #page(chat_id: number, query: URLSearchParams): unknown {
    const all = this.room(chat_id).messages;
    const limit = Math.min(Number(query.get("limit") ?? 50), this.#pageSize);
    const before = Number(query.get("before_seq") ?? Infinity);
    const after = Number(query.get("after_seq") ?? 0);
    const around = query.get("around_seq");
    if (around !== null) {
      const at = all.findIndex((message) => message.seq >= Number(around));
      return { data: all.slice(Math.max(0, at - limit / 2), at + limit / 2), next: null, oldest_seq: 1 };
    }
    const found = all.filter((message) => message.seq < before && message.seq > after);
    const data = after > 0 ? found.slice(0, limit) : found.slice(-limit);
    return { data, next: null, oldest_seq: 1 };
  }

  #happened(stream: number, type: string, data: unknown, by: number | null = null): void {
    const seq = this.seq(stream) + 1;
    const event: Event = { type, stream, seq, at: AT, by, data };
    if (data !== null && typeof data === "object" && "rev" in data) data.rev = seq;
    this.logs.get(stream)?.push(event);
    const readers = this.rooms.get(stream)?.members;
    for (const socket of this.sockets) {
      if (stream === socket.user_id || readers?.has(socket.user_id)) socket.hears(event);
    }
  }
}

/** One client's connection, seen from both sides. */
export class ServerSocket implements RawSocket {
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly server: FakeServer;
  readonly user_id: number;
  /** Events that are left out, to see whether the client notices. */
  skip = 0;
  #live = false;

  constructor(server: FakeServer, user_id: number) {
    this.server = server;
    this.user_id = user_id;
  }

  opens(): void {
    this.server.sockets.add(this);
    this.onopen?.(undefined as never);
  }

  closes(code: number): void {
    this.server.sockets.delete(this);
    this.onclose?.({ code, reason: "" });
  }

  close(): void {
    this.server.sockets.delete(this);
  }

  hears(event: Event): void {
    if (!this.#live) return;
    if (this.skip > 0) this.skip -= 1;
    else this.says(event);
  }

  says(frame: object): void {
    const data = JSON.stringify(frame);
    queueMicrotask(() => this.server.sockets.has(this) && this.onmessage?.({ data }));
  }

  send(data: string): void {
    const { type, id, ...fields } = JSON.parse(data) as Fields & { type: string; id?: number };
    if (this.server.down) return this.closes(1006);
    this.server.requests.push(type);
    try {
      this.server.checkRefusals(type);
      const answer = this.#act(type, fields);
      if (type === "message.send" && this.server.lost > 0) {
        this.server.lost -= 1;
        return this.closes(1006);
      }
      if (id !== undefined) this.says({ type: "ack", id, data: answer });
      if (type === "auth") this.#welcome();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.says({ type: "error", id, error: error.body });
    }
  }

  #welcome(): void {
    const { epoch } = this.server;
    const fields = { session_id: "s", user_id: this.user_id, heartbeat_sec: 25, server_time: AT };
    this.says({ type: "connection.welcome", ...fields, api_level: 1, epoch });
  }

  #act(type: string, fields: Fields): unknown {
    const chat_id = fields["chat_id"] as number;
    const seq = fields["seq"] as number;
    switch (type) {
      case "subscribe":
        return this.#subscribe(fields);
      case "message.send": {
        const { n, seq: at, client_message_id } = this.server.send(this.user_id, chat_id, fields["text"] as string, fields);
        return { chat_id, seq: at, n, created_at: AT, client_message_id, duplicate: false };
      }
      case "message.edit":
        return this.server.change(chat_id, seq, "message.edited", { text: fields["text"] as string, edited_at: AT });
      case "message.delete":
        return this.server.change(chat_id, seq, "message.deleted", { text: "", deleted_at: AT });
      case "read.mark":
        this.server.mark(this.user_id, chat_id, (fields["read_seq"] as number | undefined) ?? 0);
        return { my: this.server.my(chat_id, this.user_id) };
      case "presence.watch":
        return { users: [] };
      default:
        return {};
    }
  }

  #subscribe(fields: Fields): unknown {
    const { server } = this;
    const cursors = new Map((fields["cursors"] ?? fields["streams"] ?? []) as [number, number][]);
    const all = fields["all"] === true;
    const wanted = all ? [this.user_id, ...server.chatsOf(this.user_id)] : [...cursors.keys()];
    const stale = fields["epoch"] !== server.epoch;
    const streams = wanted.map((id) => {
      const cursor = cursors.get(id);
      const log = server.logs.get(id) ?? [];
      const reset = cursor !== undefined && (stale || cursor + 1 < (log[0]?.seq ?? 1));
      if (cursor !== undefined && !reset) {
        for (const event of log) if (event.seq > cursor) this.says(event);
      }
      const my = id === this.user_id ? null : server.my(id, this.user_id);
      return { id, seq: server.seq(id), reset, my, marks: [] };
    });
    const gone = [...cursors.keys()].filter((id) => !wanted.includes(id));
    this.#live = true;
    return { streams: [...streams, ...gone.map((id) => ({ id, gone: true }))], epoch: server.epoch };
  }
}
