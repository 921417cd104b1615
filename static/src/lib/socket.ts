// One WebSocket that is always being opened again: signs in by its first frame, notices silence,
// waits longer after each failure, renews its token. What the frames mean is not its business.

import { Backoff } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import { ApiError, Closed, type ErrorBody, SignedOut, Unreachable } from "./errors.ts";

export interface Frame {
  type: string;
  [field: string]: unknown;
}

export interface Welcome extends Frame {
  user_id: number;
  session_id: string;
  heartbeat_sec: number;
  server_time: string;
  epoch: number;
}

/** The part of a browser's WebSocket that is used. */
export interface RawSocket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: string }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number): void;
}

export interface SocketParts {
  connect: () => RawSocket;
  /** A usable access token, another than `spent`; raises SignedOut or Unreachable. */
  token: (spent?: string) => Promise<string>;
  clock: Clock;
  random?: () => number;
}

export type SocketState = "stopped" | "waiting" | "connecting" | "open";

/** What a close code tells a client to do (the contract, §2). */
export type Advice = "reconnect" | "refresh" | "stop";

const ANSWER_WITHIN_MS = 8_000;
const PONG_WITHIN_MS = 6_000;
const OPEN_WITHIN_MS = 15_000;
/** A connection that has lasted so long was a good one. */
const STEADY_MS = 10_000;

export function adviceOf(code: number): Advice {
  if (code === 4401) return "refresh";
  return code === 4403 ? "stop" : "reconnect";
}

interface Waiting {
  resolve: (data: unknown) => void;
  reject: (error: Error) => void;
}

export class Socket {
  readonly #parts: SocketParts;
  readonly #backoff: Backoff;
  #raw: RawSocket | null = null;
  #state: SocketState = "stopped";
  #token: string | undefined;
  #spent: string | undefined;
  #nextId = 1;
  #replies = new Map<number, Waiting>();
  #cancelRetry: () => void = () => {};
  #cancelWatch: () => void = () => {};
  #cancelSteady: () => void = () => {};
  #silenceMs = 25_000;
  /** Whether a ping is on its way: what is written meanwhile must not put off its end. */
  #pinged = false;

  onWelcome: (welcome: Welcome) => void = () => {};
  onFrame: (frame: Frame) => void = () => {};
  onState: (state: SocketState) => void = () => {};
  /** The server will not have this session: there is no use in trying again. */
  onRefused: (code: number) => void = () => {};

  constructor(parts: SocketParts) {
    this.#parts = parts;
    this.#backoff = new Backoff(parts.random);
  }

  get state(): SocketState {
    return this.#state;
  }

  start(): void {
    if (this.#state === "stopped") void this.#open();
  }

  stop(): void {
    this.#cancelRetry();
    this.#drop(new Unreachable());
    this.#become("stopped");
  }

  /** Try at once: the network is said to be back, or somebody looks. */
  nudge(): void {
    if (this.#state === "waiting") {
      this.#cancelRetry();
      void this.#open();
    } else if (this.#state === "open" && !this.#pinged) {
      this.#ping();
    }
  }

  /** Let go of what is open, and try at once. */
  connectAnew(): void {
    if (this.#state === "open") this.#lost();
    this.nudge();
  }

  /**
   * Something came of the connection, so that the next one need not be waited for. A welcome alone
   * is not enough: what one sends after it may be why the server closes, again and again.
   */
  progressed(): void {
    this.#backoff.reset();
  }

  /** Send a command; its `ack`'s data, or ApiError or Unreachable. */
  command<T>(type: string, fields: object = {}): Promise<T> {
    if (this.#state !== "open") return Promise.reject(new Unreachable());
    return this.#ask<T>(type, fields);
  }

  /** Send what needs no answer; nothing happens when there is no connection. */
  tell(type: string, fields: object = {}): void {
    if (this.#state === "open") this.#raw?.send(JSON.stringify({ type, ...fields }));
  }

  async #open(): Promise<void> {
    this.#become("connecting");
    try {
      this.#token = await this.#parts.token(this.#spent);
      this.#spent = undefined;
    } catch (error) {
      if (this.#state !== "connecting") return;
      if (error instanceof SignedOut) return this.#refuse(4401);
      return this.#retry();
    }
    if (this.#state !== "connecting") return;
    const raw = this.#parts.connect();
    this.#raw = raw;
    raw.onopen = () => void this.#authenticate(raw);
    raw.onmessage = (event) => this.#raw === raw && this.#take(event.data);
    raw.onclose = (event) => this.#raw === raw && this.#closed(event.code, event.reason);
    raw.onerror = () => {};
    this.#watch(OPEN_WITHIN_MS, () => this.#lost());
  }

  async #authenticate(raw: RawSocket): Promise<void> {
    try {
      await this.#ask("auth", { token: this.#token });
    } catch (error) {
      // A closed socket has said why already; only a refusal is left to act upon.
      if (this.#raw === raw && error instanceof ApiError) raw.close();
    }
  }

  #ask<T>(type: string, fields: object): Promise<T> {
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      this.#replies.set(id, { resolve: resolve as (data: unknown) => void, reject });
      this.#raw?.send(JSON.stringify({ type, id, ...fields }));
      // Only the first: those after it would put off the question whether anybody is there.
      if (this.#state === "open" && !this.#pinged && this.#replies.size === 1) this.#listen();
    });
  }

  #take(data: string): void {
    this.#pinged = false;
    this.#listen();
    const frame = JSON.parse(data) as Frame;
    switch (frame.type) {
      case "connection.welcome":
        return this.#welcomed(frame as Welcome);
      case "ack":
        return this.#settle(frame, (waiting) => waiting.resolve(frame["data"]));
      case "error":
        return this.#settle(frame, (waiting) =>
          waiting.reject(new ApiError(frame["error"] as ErrorBody)),
        );
      case "auth.expiring":
        return void this.#renew();
      case "pong":
        return;
      default:
        this.onFrame(frame);
    }
  }

  #welcomed(welcome: Welcome): void {
    this.#silenceMs = welcome.heartbeat_sec * 1000;
    this.#cancelSteady = this.#parts.clock.after(STEADY_MS, () => this.progressed());
    this.#become("open");
    this.#listen();
    this.onWelcome(welcome);
  }

  #settle(frame: Frame, with_: (waiting: Waiting) => void): void {
    const waiting = this.#replies.get(frame["id"] as number);
    if (waiting === undefined) return;
    this.#replies.delete(frame["id"] as number);
    with_(waiting);
  }

  async #renew(): Promise<void> {
    const raw = this.#raw;
    try {
      const token = await this.#parts.token(this.#token);
      if (this.#raw !== raw) return;
      this.#token = token;
      await this.#ask("auth", { token });
    } catch {
      // The server closes with 4401 when the old token has run out; that leads to another try.
    }
  }

  /**
   * Anything heard proves that the line is alive; silence is asked about, sooner when an answer
   * is waited for. One answer may rightly take long: `subscribe` comes after the whole backlog.
   */
  #listen(): void {
    if (this.#state !== "open") return;
    const ms = this.#replies.size > 0 ? ANSWER_WITHIN_MS : this.#silenceMs;
    this.#watch(Math.min(ms, this.#silenceMs), () => this.#ping());
  }

  #ping(): void {
    this.#pinged = true;
    this.#raw?.send(JSON.stringify({ type: "ping" }));
    this.#watch(PONG_WITHIN_MS, () => this.#lost());
  }

  #watch(ms: number, run: () => void): void {
    this.#cancelWatch();
    this.#cancelWatch = this.#parts.clock.after(ms, run);
  }

  #lost(): void {
    if (this.#raw === null) return;
    this.#drop(new Unreachable());
    this.#retry();
  }

  #closed(code: number, reason: string): void {
    this.#drop(new Closed(code));
    const advice = adviceOf(code);
    if (advice === "stop") return this.#refuse(code);
    if (advice === "refresh") this.#spent = this.#token;
    this.#retry(code === 1001 ? retryAfter(reason) : null);
  }

  #refuse(code: number): void {
    this.#become("stopped");
    this.onRefused(code);
  }

  #retry(afterMs: number | null = null): void {
    this.#become("waiting");
    this.#cancelRetry = this.#parts.clock.after(afterMs ?? this.#backoff.next(), () => {
      if (this.#state === "waiting") void this.#open();
    });
  }

  #drop(error: Error): void {
    this.#cancelWatch();
    this.#cancelSteady();
    this.#pinged = false;
    const raw = this.#raw;
    this.#raw = null;
    raw?.close();
    const waiting = [...this.#replies.values()];
    this.#replies.clear();
    for (const each of waiting) each.reject(error);
  }

  #become(state: SocketState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.onState(state);
  }
}

function retryAfter(reason: string): number | null {
  try {
    const given: unknown = JSON.parse(reason).retry_after_ms;
    return typeof given === "number" ? given : null;
  } catch {
    return null;
  }
}
