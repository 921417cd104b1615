// A server in memory that keeps the contract: streams, snapshots, one send for one key, versions of
// tasks. Small on purpose; the real one is tested against the client in the browser.

import type { Chat, Event, File, Member, Message, My, PublicSettings, Snapshot, Task, User } from "../models/types.ts";
import { FakeFiles } from "./files.ts";
import { AT, Refusal } from "./refusal.ts";
import { newChat, newMember, newMessage, newMy, newTask, newUser } from "./rows.ts";

interface Room {
  chat: Chat;
  members: Map<number, Member>;
  my: Map<number, My>;
  messages: Message[];
  tasks: Map<number, Task>;
  n: number;
}

/** A connection, as the server sees it. */
export interface Listener {
  user_id: number;
  /** Events that are left out, to see whether the client notices. */
  skip: number;
  hears(event: Event): void;
  says(frame: object): void;
  closes(code: number): void;
}

type Fields = Record<string, unknown>;

export class FakeServer {
  epoch = 1;
  /** A frame that holds this closes its connection, as one that cannot be read does. */
  poison: RegExp | null = null;
  /** Nobody gets through. */
  down = false;
  /** What clients keep to, as it is told at each welcome; null: an older server. */
  settings: PublicSettings | null = null;
  /** What is asked is done, but so many answers are lost on the way. */
  lost = 0;
  /** Answers to be given instead, for requests whose path or type fits. */
  readonly refusals: { fits: RegExp; refusal: Refusal; times: number }[] = [];
  readonly users = new Map<number, User>();
  readonly rooms = new Map<number, Room>();
  readonly logs = new Map<number, Event[]>();
  readonly sockets = new Set<Listener>();
  readonly requests: string[] = [];
  readonly files = new FakeFiles();
  readonly #done = new Map<string, unknown>();
  #nextId = 100;
  /** How much of anything a page has. */
  pageSize = 50;

  constructor(...names: string[]) {
    names.forEach((name, index) => this.addUser(index + 1, name));
  }

  addUser(id: number, name: string): void {
    this.users.set(id, newUser(id, name));
    this.logs.set(id, []);
  }

  // What happens on the server

  group(...user_ids: number[]): number {
    const id = this.#nextId++;
    const chat = newChat(id, user_ids[0] ?? 0);
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
    const member = newMember(chat_id, user_id);
    room.members.set(user_id, member);
    room.my.set(user_id, newMy(chat_id, this.seq(chat_id), room.n));
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
      ...newMessage(chat_id, seq, room.n),
      sender_id: user_id,
      client_message_id: key,
      text,
      mentions: [...text.matchAll(/@(\w+)/g)].flatMap(([, name]) =>
        [...this.users.values()].filter((user) => user.username === name).map(({ id }) => id),
      ),
      files: this.attached(fields["file_ids"]),
      task_id: (fields["task_id"] as number | undefined) ?? null,
      forwarded_from: (fields["forwarded_from"] as Message["forwarded_from"] | undefined) ?? null,
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
    const task: Task = { ...newTask(chat_id, id), ...fields, version: 1, rev: this.seq(chat_id) + 1 };
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
    const ahead = room.messages.filter((each) => each.n > my.read_n && each.deleted_at === null);
    return { ...my, unread: ahead.length };
  }

  chatsOf(user_id: number): number[] {
    return [...this.rooms.values()]
      .filter((room) => room.members.has(user_id))
      .map((room) => room.chat.id);
  }

  snapshot(chat_id: number, user_id: number): Snapshot {
    const room = this.room(chat_id);
    if (!room.members.has(user_id)) throw new Refusal(404, "not_found");
    return structuredClone({
      chat: room.chat,
      my: this.my(chat_id, user_id),
      members: [...room.members.values()],
      messages: room.messages.slice(-this.pageSize),
      pins: [],
      columns: [],
      tasks: [...room.tasks.values()].filter((task) => task.archived_at === null),
      marks: [...room.my.values()].map(
        (my) =>
          [my.chat_id && this.#userOf(room, my), my.read_seq, my.received_seq] as [
            number,
            number,
            number,
          ],
      ),
      seq: this.seq(chat_id),
      n: room.n,
      oldest_seq: 1,
      tasks_next: null,
      more_done: [],
      epoch: this.epoch,
    });
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

  /** Files by their ids, as a message has them. */
  attached(ids: unknown): File[] {
    return ((ids as string[] | undefined) ?? []).map((id) => {
      const found = this.files.stored.get(id);
      if (found === undefined) throw new Refusal(404, "not_found");
      return found;
    });
  }

  #userOf(room: Room, my: My): number {
    return [...room.my].find(([, each]) => each === my)?.[0] ?? 0;
  }

  /** Do something under a key: a repeat gets the first answer. */
  once<T>(key: string | null, act: () => T): T {
    if (key !== null && this.#done.has(key)) return this.#done.get(key) as T;
    const answer = act();
    if (key !== null) this.#done.set(key, answer);
    return answer;
  }

  me(id: number) {
    const user = this.users.get(id) as User;
    return { ...user, email: null, email_verified_at: null, locale: "en", time_zone: "UTC" };
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
