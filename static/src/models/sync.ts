// Brings the local data up to date and keeps it so: the first load, resuming with cursors, events in
// the order of their streams, gaps, resets. Runs in the tab that leads. Knows no store and no view.

import type { Clock } from "../lib/clock.ts";
import { Backoff } from "../lib/backoff.ts";
import { ApiError, Unreachable } from "../lib/errors.ts";
import type { Http } from "../lib/http.ts";
import type { Frame, Socket, SocketState, Welcome } from "../lib/socket.ts";
import { apply, applySnapshot, type Effect, meChanged, moveMark, takeMarks } from "./apply.ts";
import type { Batch } from "./batch.ts";
import type { LinkState } from "./changes.ts";
import { Filling } from "./filling.ts";
import type { Replica } from "./replica.ts";
import type { Event, Mark, Me, Snapshot, StreamState, Task, User } from "./types.ts";

export interface SyncParts {
  replica: Replica;
  http: Http;
  socket: Socket;
  clock: Clock;
  /** This very session was ended from elsewhere. */
  onRevoked: () => void;
}

interface Beginning {
  me: Me | null;
  users: User[] | null;
  tasks: Task[] | null;
  cursors: [number, number][] | null;
  epoch: number;
}

type BootstrapPage = { data: Snapshot[]; next: string | null } & Beginning;

/** What one `subscribe` may hold, in 64 KiB; the rest is caught up with one by one. */
const CURSORS_AT_ONCE = 2500;
const RECEIVED_EVERY_MS = 1000;
const PAGE = 50;

export class Sync {
  readonly #parts: SyncParts;
  readonly #replica: Replica;
  readonly #filling: Filling;
  readonly #backoff = new Backoff();
  #cursors = new Map<number, number>();
  #epoch: number | null = null;
  #booted = false;
  #session: string | null = null;
  #queue: Frame[] = [];
  #draining: Promise<void> | null = null;
  #received = new Map<number, number>();
  #closing = new Set<number>();
  #welcome: Welcome | null = null;
  #load = 0;
  #state: LinkState = "offline";
  #stopped = false;
  onState: (state: LinkState) => void = () => {};

  constructor(parts: SyncParts) {
    this.#parts = parts;
    this.#replica = parts.replica;
    this.#filling = new Filling(parts.http, (snapshot) => this.#filled(snapshot), (id) => this.#gone(id));
    parts.socket.onWelcome = (welcome) => void this.#welcomed(welcome);
    parts.socket.onFrame = (frame) => this.#take(frame);
    parts.socket.onState = (state) => this.#socketState(state);
  }

  get state(): LinkState {
    return this.#state;
  }

  async start(): Promise<void> {
    const [rows, epoch, booted] = await this.#replica.read((database) =>
      Promise.all([
        database.getAll("streams"),
        database.get("meta", "epoch"),
        database.get("meta", "booted"),
      ]),
    );
    this.#cursors = new Map(rows.map((row) => [row.id, row.seq]));
    this.#epoch = epoch?.name === "epoch" ? epoch.value : null;
    this.#booted = booted?.name === "booted" && booted.value;
    if (!this.#stopped) this.#parts.socket.start();
  }

  stop(): void {
    this.#stopped = true;
    this.#parts.socket.stop();
  }

  /** Wait until everything that has come is applied. */
  async settled(): Promise<void> {
    while (this.#draining !== null) await this.#draining;
  }

  // Connecting

  #socketState(state: SocketState): void {
    if (state === "connecting") this.#become("connecting");
    if (state === "waiting" || state === "stopped") this.#become("offline");
    if (state !== "open") this.#queue = [];
  }

  #become(state: LinkState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.onState(state);
  }

  async #welcomed(welcome: Welcome): Promise<void> {
    this.#become("syncing");
    this.#session = welcome.session_id;
    this.#welcome = welcome;
    await this.#comeUp(welcome);
  }

  async #comeUp(welcome: Welcome): Promise<void> {
    if (this.#welcome !== welcome) return;
    try {
      await this.settled();
      if (!this.#booted || welcome.epoch !== this.#epoch) await this.#bootstrap();
      await this.#subscribe();
      await this.settled();
      this.#backoff.reset();
      if (this.#parts.socket.state === "open") this.#become("live");
    } catch (error) {
      this.#again(error, () => this.#comeUp(welcome));
    }
  }

  /** Try again while the socket is open; when it is not, the next welcome does. */
  #again(error: unknown, work: () => Promise<void>): void {
    if (!(error instanceof Unreachable || error instanceof ApiError)) throw error;
    this.#parts.clock.after(this.#backoff.next(), () => {
      if (this.#parts.socket.state === "open" && !this.#stopped) void work();
    });
  }

  async #subscribe(): Promise<void> {
    const cursors = [...this.#cursors].slice(0, CURSORS_AT_ONCE);
    const asked = { all: true, cursors, epoch: this.#epoch };
    const answer = await this.#parts.socket.command<{ streams: StreamState[] }>("subscribe", asked);
    await this.settled();
    if (answer.streams.some((state) => state.id === this.#replica.own && state.reset)) {
      // Which chats one is in may have changed unheard: everything is read anew.
      await this.#bootstrap();
      return this.#subscribe();
    }
    await this.#states(answer.streams);
  }

  async #states(states: StreamState[]): Promise<void> {
    const behind: [number, number][] = [];
    for (const state of states.filter((each) => each.id !== this.#replica.own)) {
      const cursor = this.#cursors.get(state.id);
      if (state.gone) await this.#gone(state.id);
      else if (state.reset || cursor === undefined) this.#fill(state.id);
      else if (cursor < (state.seq ?? 0) && !this.#filling.has(state.id)) {
        behind.push([state.id, cursor]);
      }
    }
    await this.#replica.write(async (batch) => {
      for (const state of states) await this.#keepState(batch, state);
    });
    if (behind.length > 0) await this.#resubscribe(behind);
  }

  async #keepState(batch: Batch, state: StreamState): Promise<void> {
    if (state.my) await moveMark(batch, state.id, state.my, this.#replica.own);
    if (state.marks) await takeMarks(batch, state.id, state.marks);
  }

  async #resubscribe(streams: [number, number][]): Promise<void> {
    const asked = { streams: streams.slice(0, 500), epoch: this.#epoch };
    const answer = await this.#parts.socket.command<{ streams: StreamState[] }>("subscribe", asked);
    await this.settled();
    await this.#states(answer.streams);
  }

  // The first load

  async #bootstrap(): Promise<void> {
    this.#booted = false;
    this.#load += 1;
    const first = await this.#page(null);
    await this.#begin(first);
    void this.#rest(first.next, this.#load);
  }

  #page(next: string | null): Promise<BootstrapPage> {
    const query = { limit: PAGE, ...(next === null ? {} : { next }) };
    return this.#parts.http.page<Snapshot, Beginning>("/sync/bootstrap", query) as Promise<BootstrapPage>;
  }

  async #begin(first: BootstrapPage): Promise<void> {
    const cursors = first.cursors ?? [];
    await this.#replica.write(async (batch) => {
      await batch.empty();
      batch.put("meta", "epoch", { name: "epoch", value: first.epoch });
      batch.put("meta", "booted", { name: "booted", value: false });
      if (first.me) await meChanged(batch, first.me);
      for (const user of first.users ?? []) await batch.user(user);
      for (const task of first.tasks ?? []) await batch.task(task);
      for (const [id, seq] of cursors) batch.put("streams", id, { id, seq });
      batch.say("booted", { kind: "booted" });
    });
    this.#epoch = first.epoch;
    this.#cursors = new Map(cursors);
    this.#filling.clear();
    for (const [id] of cursors) if (id !== this.#replica.own) this.#filling.hold(id);
    for (const snapshot of first.data) await this.#filled(snapshot);
  }

  /** The further pages, while events are followed already. */
  async #rest(next: string | null, load: number): Promise<void> {
    try {
      while (next !== null) {
        const page = await this.#page(next);
        if (this.#load !== load) return;
        for (const snapshot of page.data) await this.#filled(snapshot);
        next = page.next;
      }
      // What moved while the pages were read may be in none of them.
      this.#filling.ask();
      this.#booted = true;
      await this.#replica.write(async (batch) => {
        batch.put("meta", "booted", { name: "booted", value: true });
      });
    } catch (error) {
      this.#again(error, () => this.#rest(next, load));
    }
  }

  // Single chats

  #fill(chat_id: number): void {
    this.#filling.hold(chat_id);
    this.#filling.ask();
  }

  /** A snapshot has come: put it in place, then what has happened since. */
  async #filled(snapshot: Snapshot): Promise<void> {
    const { id } = snapshot.chat;
    if (snapshot.epoch !== this.#epoch) return;
    const put = await this.#replica.write(async (batch) => {
      // Asked once it is this transaction's turn: the chat may have been left in the one before.
      await batch.chatRow(id);
      if (!this.#filling.has(id)) return false;
      await applySnapshot(batch, snapshot, this.#replica.own);
      return true;
    });
    if (!put) return;
    this.#cursors.set(id, snapshot.seq);
    this.#queue.unshift(...(this.#filling.release(id) as unknown as Frame[]));
    this.#drain();
  }

  async #gone(id: number): Promise<void> {
    this.#filling.release(id);
    this.#cursors.delete(id);
    await this.#replica.write((batch) => batch.forgetChat(id));
  }

  // Frames

  #take(frame: Frame): void {
    this.#queue.push(frame);
    this.#drain();
  }

  #drain(): void {
    this.#draining ??= this.#work().finally(() => (this.#draining = null));
  }

  async #work(): Promise<void> {
    while (this.#queue.length > 0) {
      const frames = this.#queue;
      this.#queue = [];
      const effects: Effect[] = [];
      const gaps = new Map<number, number>();
      const before = new Map(this.#cursors);
      try {
        await this.#replica.write(async (batch) => {
          for (const frame of frames) await this.#act(frame, batch, effects, gaps);
        });
      } catch (error) {
        // Nothing of it is stored, so nothing of it counts: the next connection brings it again.
        this.#cursors = before;
        this.#parts.socket.stop();
        this.#parts.clock.after(this.#backoff.next(), () => {
          if (!this.#stopped) this.#parts.socket.start();
        });
        throw error;
      }
      for (const effect of effects) this.#follow(effect);
      if (gaps.size > 0) void this.#close([...gaps]);
    }
  }

  /** Events are missing in between: ask for them, from where each stream stands. */
  async #close(gaps: [number, number][]): Promise<void> {
    const fresh = gaps.filter(([id]) => !this.#closing.has(id));
    for (const [id] of fresh) this.#closing.add(id);
    try {
      if (fresh.length > 0) await this.#resubscribe(fresh);
    } catch (error) {
      this.#again(error, () => this.#subscribe());
    } finally {
      for (const [id] of fresh) this.#closing.delete(id);
    }
  }

  async #act(
    frame: Frame,
    batch: Batch,
    effects: Effect[],
    gaps: Map<number, number>,
  ): Promise<void> {
    if (typeof frame["seq"] !== "number" || typeof frame["stream"] !== "number") {
      return this.#signal(frame, batch);
    }
    const event = frame as unknown as Event;
    const cursor = this.#cursors.get(event.stream);
    if (this.#filling.held(event)) return;
    if (cursor === undefined) {
      this.#fill(event.stream);
      return void this.#filling.held(event);
    }
    if (event.seq <= cursor) return;
    if (event.seq > cursor + 1) return void gaps.set(event.stream, cursor);
    const effect = await apply(event, batch, this.#replica.own);
    if (effect !== null) effects.push(effect);
    this.#advance(event, batch);
  }

  #advance(event: Event, batch: Batch): void {
    const { stream, seq } = event;
    const over = event.type === "chat.deleted";
    if (over) this.#cursors.delete(stream);
    else {
      this.#cursors.set(stream, seq);
      batch.put("streams", stream, { id: stream, seq });
    }
    if (event.type === "chat.left") {
      const { chat_id } = event.data as { chat_id: number };
      this.#cursors.delete(chat_id);
      this.#filling.release(chat_id);
    }
    if (event.type === "message.created" && event.by !== this.#replica.own) {
      this.#noteReceived(stream, seq);
    }
  }

  #follow(effect: Effect): void {
    switch (effect.kind) {
      case "fill":
        // Its events may have come first, and have had it filled already.
        if ((this.#cursors.get(effect.chat_id) ?? -1) < effect.seq) this.#fill(effect.chat_id);
        return;
      case "revoked":
        if (effect.session_id === this.#session) this.#parts.onRevoked();
        return;
      case "unknown user":
        void this.#lookUp(effect.user_id);
    }
  }

  async #lookUp(user_id: number): Promise<void> {
    try {
      const user = await this.#parts.http.get<User>(`/users/${user_id}`);
      await this.#replica.keep({ users: [user] });
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof Unreachable)) throw error;
    }
  }

  async #signal(frame: Frame, batch: Batch): Promise<void> {
    const chat_id = frame["chat_id"] as number;
    switch (frame.type) {
      case "typing":
        return batch.say(`typing ${chat_id} ${frame["user_id"]}`, {
          kind: "typing",
          chat_id,
          user_id: frame["user_id"] as number,
        });
      case "presence": {
        const { id, online, last_seen_at } = frame as unknown as { id: number; online: boolean; last_seen_at: string | null };
        return batch.say(`presence ${id}`, { kind: "presence", presence: { id, online, last_seen_at } });
      }
      case "receipts":
        return takeMarks(batch, chat_id, frame["marks"] as Mark[]);
      case "mark":
        return moveMark(batch, chat_id, frame as never, this.#replica.own);
      case "subscription.ended": {
        const id = frame["stream"] as number;
        this.#cursors.delete(id);
        return batch.forgetChat(id);
      }
    }
  }

  // Saying what has arrived

  #noteReceived(chat_id: number, seq: number): void {
    if (this.#received.size === 0) {
      this.#parts.clock.after(RECEIVED_EVERY_MS, () => this.#sayReceived());
    }
    this.#received.set(chat_id, seq);
  }

  #sayReceived(): void {
    for (const [chat_id, received_seq] of this.#received) {
      this.#parts.socket.tell("read.mark", { chat_id, received_seq });
    }
    this.#received.clear();
  }
}
