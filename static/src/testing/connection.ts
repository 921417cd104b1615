// One client's connection to the server in memory, seen from both sides.

import type { RawSocket } from "../lib/socket.ts";
import type { Event } from "../models/types.ts";
import { AT, Refusal } from "./refusal.ts";
import type { FakeServer, Listener } from "./server.ts";

type Fields = Record<string, unknown>;

const LARGEST = 65_536;
/** How JSON writes half of a pair. */
const UNPAIRED = /\\ud[89a-f][0-9a-f]{2}/;

export class ServerSocket implements RawSocket, Listener {
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly server: FakeServer;
  readonly user_id: number;
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
    // As in a browser, each frame is a task of its own.
    setImmediate(() => this.server.sockets.has(this) && this.onmessage?.({ data }));
  }

  send(data: string): void {
    const { type, id, ...fields } = JSON.parse(data) as Fields & { type: string; id?: number };
    if (this.server.down) return this.closes(1006);
    this.server.requests.push(type);
    if (UNPAIRED.test(data) || this.server.poison?.test(data)) return this.closes(4400);
    if (data.length > LARGEST) return this.closes(4413);
    try {
      this.server.checkRefusals(type);
      const answer = this.#act(type, fields);
      if ((type === "message.send" || type === "message.forward") && this.server.lost > 0) {
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
    const { epoch, settings } = this.server;
    const fields = { session_id: "s", user_id: this.user_id, heartbeat_sec: 25, server_time: AT };
    this.says({ type: "connection.welcome", ...fields, api_level: 1, epoch, settings });
  }

  #act(type: string, fields: Fields): unknown {
    const chat_id = fields["chat_id"] as number;
    const seq = fields["seq"] as number;
    switch (type) {
      case "subscribe":
        return this.#subscribe(fields);
      case "message.send": {
        const {
          n,
          seq: at,
          client_message_id,
        } = this.server.send(this.user_id, chat_id, fields["text"] as string, fields);
        return { chat_id, seq: at, n, created_at: AT, client_message_id, duplicate: false };
      }
      case "message.forward":
        return this.#forward(chat_id, fields);
      case "message.edit":
        return this.server.change(chat_id, seq, "message.edited", {
          text: fields["text"] as string,
          ...(fields["file_ids"] === undefined ? {} : { files: this.server.attached(fields["file_ids"]) }),
          edited_at: AT,
        });
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

  /** Copies of messages in other chats; the first has the command's key, the others keys made of it. */
  #forward(chat_id: number, fields: Fields): unknown {
    const { server, user_id } = this;
    const chat = server.room(chat_id).chat;
    const { seqs, to, client_message_id: key } = fields as { seqs: number[]; to: number[]; client_message_id: string };
    const asked = to.flatMap((id) => seqs.map((seq) => ({ id, seq })));
    const messages = asked.map(({ id, seq }, index) => {
      const found = server.room(chat_id).messages.find((each) => each.seq === seq);
      if (found === undefined || found.deleted_at !== null) throw new Refusal(404, "not_found");
      server.my(id, user_id);
      const { sender_id, created_at: at } = found;
      const author = server.users.get(sender_id)?.display_name;
      const made = { chat_kind: chat.kind, chat_title: chat.title, author_id: sender_id, author, at };
      const client_message_id = index === 0 ? key : `${key}.${index}`;
      return server.send(user_id, id, found.text, { client_message_id, forwarded_from: found.forwarded_from ?? made });
    });
    return { messages, duplicate: false };
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
    return {
      streams: [...streams, ...gone.map((id) => ({ id, gone: true }))],
      epoch: server.epoch,
    };
  }
}
