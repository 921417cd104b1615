// What the server tells in passing: typing, presence, receipts, one's own marks on other devices.

import type { Clock } from "../lib/clock.ts";
import type { Frame, Socket } from "../lib/socket.ts";
import { type MarkTo, moveMark, takeMarks } from "./marks.ts";
import type { Batch } from "./batch.ts";
import type { MemberMark } from "./contract.ts";
import type { Presence, PublicSettings } from "./types.ts";

/** Take a signal in; a type that nobody knows changes nothing. */
export async function signalled(frame: Frame, batch: Batch, own: number): Promise<void> {
  const chat_id = frame["chat_id"] as number;
  switch (frame.type) {
    case "typing": {
      const user_id = frame["user_id"] as number;
      return batch.say(`typing ${chat_id} ${user_id}`, { kind: "typing", chat_id, user_id });
    }
    case "presence": {
      const { id, online, last_seen_at } = frame as unknown as Presence;
      const presence = { id, online, last_seen_at };
      return batch.say(`presence ${id}`, { kind: "presence", presence });
    }
    case "upload.progress": {
      const { upload_id, done, total } = frame as unknown as { upload_id: string; done: number; total: number };
      return batch.say(`unpacking ${upload_id}`, { kind: "unpacking", upload_id, done, total });
    }
    case "public_settings.changed":
      return batch.say("settings", { kind: "settings", settings: frame["settings"] as PublicSettings });
    case "receipts":
      return takeMarks(batch, chat_id, frame["marks"] as MemberMark[]);
    case "mark":
      return moveMark(batch, chat_id, frame as unknown as MarkTo, own);
    case "subscription.ended":
      return batch.forgetChat(frame["stream"] as number);
  }
}

const EVERY_MS = 1000;

/** Says what has arrived on this device, once a second and chat. */
export class Received {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #upTo = new Map<number, number>();

  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  note(chat_id: number, seq: number): void {
    if (this.#upTo.size === 0) this.#clock.after(EVERY_MS, () => this.#say());
    this.#upTo.set(chat_id, seq);
  }

  #say(): void {
    for (const [chat_id, received_seq] of this.#upTo) {
      this.#socket.tell("read.mark", { chat_id, received_seq });
    }
    this.#upTo.clear();
  }
}
