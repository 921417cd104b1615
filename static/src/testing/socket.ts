// A WebSocket whose other end is the test.

import type { RawSocket } from "../lib/socket.ts";

export class FakeSocket implements RawSocket {
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  /** What the client has sent, read as JSON. */
  readonly sent: Record<string, unknown>[] = [];
  closed = false;

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }

  close(): void {
    this.closed = true;
  }

  opens(): void {
    this.onopen?.(undefined as never);
  }

  says(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  closes(code: number, reason = ""): void {
    this.onclose?.({ code, reason });
  }

  /** Acknowledge the last command of a type. */
  acks(type: string, data: unknown = {}): void {
    const command = this.sent.findLast((each) => each["type"] === type);
    this.says({ type: "ack", id: command?.["id"], data });
  }

  welcomes(fields: object = {}): void {
    this.says({
      type: "connection.welcome",
      session_id: "s",
      user_id: 5,
      heartbeat_sec: 25,
      server_time: "2026-11-21T09:30:00.000Z",
      api_level: 1,
      epoch: 1,
      ...fields,
    });
  }
}
