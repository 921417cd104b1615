// Brings the local data up to date and keeps it so: resuming with cursors, events in the order of
// their streams, gaps, resets. Runs in the tab that leads. Knows no store and no view.

import { Backoff } from "../lib/backoff.ts";
import type { Clock } from "../lib/clock.ts";
import { ApiError, Unreachable } from "../lib/errors.ts";
import type { Http } from "../lib/http.ts";
import type { Pace } from "../lib/pace.ts";
import type { Frame, Socket, SocketState, Welcome } from "../lib/socket.ts";
import { apply, applySnapshot, type Effect } from "./apply.ts";
import type { Batch } from "./batch.ts";
import type { LinkState } from "./changes.ts";
import { Gaps } from "./gaps.ts";
import { Snapshots } from "./snapshots.ts";
import { Inflow } from "./inflow.ts";
import { Loading } from "./loading.ts";
import { moveMark, takeMarks } from "./marks.ts";
import { readAhead } from "./read-ahead.ts";
import type { Replica } from "./replica.ts";
import { Received, signalled } from "./signals.ts";
import type { Event, PublicSettings, Snapshot, StreamState } from "./types.ts";

export interface SyncParts {
  replica: Replica;
  http: Http;
  socket: Socket;
  clock: Clock;
  /** How often what comes is applied and shown. */
  pace: Pace;
  /** This very session was ended from elsewhere. */
  onRevoked: () => void;
}

/** What one `subscribe` may hold, in 64 KiB; the rest is caught up with afterwards. */
const CURSORS_AT_ONCE = 2500;

/** The name under which the answer to a `subscribe` stands among the frames. */
const ANSWER = "ack of subscribe";

interface Answer extends Frame {
  streams: StreamState[];
}

export class Sync {
  readonly #parts: SyncParts;
  readonly #replica: Replica;
  readonly #snapshots: Snapshots;
  readonly #loading: Loading;
  readonly #received: Received;
  readonly #inflow: Inflow<Frame>;
  readonly #gaps: Gaps;
  readonly #backoff = new Backoff();
  // State: where each stream stands, of which epoch; what is being done about it.
  #cursors = new Map<number, number>();
  #epoch: number | null = null;
  #welcome: Welcome | null = null;
  #state: LinkState = "offline";
  #stopped = false;

  onState: (state: LinkState) => void = () => {};

  constructor(parts: SyncParts) {
    this.#parts = parts;
    const { replica, http, socket, clock, pace } = parts;
    const filled = (snapshot: Snapshot): Promise<void> => this.#filled(snapshot);
    this.#replica = replica;
    this.#snapshots = new Snapshots({ http, clock, filled, gone: (id) => this.#gone(id) });
    this.#loading = new Loading({ replica, http, clock, snapshots: this.#snapshots, filled });
    this.#received = new Received(socket, clock);
    this.#inflow = new Inflow((frames) => this.#apply(frames), pace);
    this.#gaps = new Gaps((streams) => this.#ask({ streams }), (error) => this.#again(error, this.#welcome));
    socket.onWelcome = (welcome) => void this.#comeUp(welcome);
    socket.onFrame = (frame) => this.#inflow.take([frame]);
    socket.onState = (state) => this.#socketState(state);
  }

  async start(): Promise<void> {
    const [rows, epoch] = await this.#replica.read((database) =>
      Promise.all([database.getAll("streams"), database.get("meta", "epoch")]),
    );
    this.#cursors = new Map(rows.map((row) => [row.id, row.seq]));
    this.#epoch = epoch?.name === "epoch" ? epoch.value : null;
    await this.#loading.recall();
    if (!this.#stopped) this.#parts.socket.start();
  }

  stop(): void {
    this.#stopped = true;
    this.#loading.stop();
    this.#parts.socket.stop();
  }

  /** Wait until everything that has come is applied. */
  settled(): Promise<void> {
    return this.#inflow.settled();
  }

  // Coming up to the present

  #socketState(state: SocketState): void {
    if (state === "connecting") this.#become("connecting");
    if (state === "waiting" || state === "stopped") this.#become("offline");
    if (state !== "open") this.#inflow.clear();
  }

  #become(state: LinkState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.onState(state);
  }

  async #comeUp(welcome: Welcome): Promise<void> {
    // Somebody else has signed in from this browser: this is no account of theirs.
    if (welcome.user_id !== this.#replica.own) return this.#refuse();
    this.#welcome = welcome;
    this.#become("syncing");
    // One of before does not tell.
    const settings = welcome["settings"] as PublicSettings | undefined;
    if (settings) this.#replica.changes.publish([{ kind: "settings", settings }]);
    try {
      await this.settled();
      if (!this.#loading.complete || welcome.epoch !== this.#epoch) await this.#load();
      await this.#subscribe();
      await this.settled();
      this.#backoff.reset();
      if (this.#isCurrent(welcome)) this.#become("live");
    } catch (error) {
      this.#again(error, welcome);
    }
  }

  #refuse(): void {
    this.stop();
    this.#parts.onRevoked();
  }

  #isCurrent(welcome: Welcome): boolean {
    return this.#welcome === welcome && this.#parts.socket.state === "open" && !this.#stopped;
  }

  /** Try again while this connection lasts; after it, the next welcome does. */
  #again(error: unknown, welcome: Welcome | null): void {
    if (welcome === null) return;
    if (!(error instanceof Unreachable || error instanceof ApiError)) throw error;
    this.#parts.clock.after(this.#backoff.next(), () => {
      if (this.#isCurrent(welcome)) void this.#comeUp(welcome);
    });
  }

  #load(): Promise<void> {
    return this.#loading.start(({ cursors, epoch }) => {
      this.#cursors = cursors;
      this.#epoch = epoch;
    });
  }

  async #subscribe(): Promise<void> {
    const cursors = [...this.#cursors].slice(0, CURSORS_AT_ONCE);
    const streams = await this.#ask({ all: true, cursors });
    if (!streams.some((state) => state.id === this.#replica.own && state.reset)) return;
    // Which chats one is in may have changed unheard: everything is read anew.
    await this.#load();
    await this.#subscribe();
  }

  /** Subscribe, and wait until the backlog, which comes before the answer, is applied. */
  async #ask(fields: object): Promise<StreamState[]> {
    const asked = { ...fields, epoch: this.#epoch };
    const { streams } = await this.#parts.socket.command<Answer>("subscribe", asked);
    // Taken in its turn, between what came before and what comes after it.
    this.#inflow.take([{ type: ANSWER, streams }]);
    await this.settled();
    return streams;
  }

  async #states(states: StreamState[], batch: Batch, gaps: Map<number, number>): Promise<void> {
    for (const { id, seq = 0, gone, reset, my, marks } of states) {
      const cursor = this.#cursors.get(id);
      if (id === this.#replica.own) continue;
      if (gone) {
        this.#forget(id);
        await batch.forgetChat(id);
      } else if (reset || cursor === undefined || (await batch.chatRow(id)) === undefined) {
        this.#snapshots.hold(id);
      } else if (cursor < seq && !this.#snapshots.has(id)) gaps.set(id, cursor);
      if (my) await moveMark(batch, id, my, this.#replica.own);
      if (marks) await takeMarks(batch, id, marks);
    }
  }

  // Single chats

  #fill(chat_id: number): void {
    this.#snapshots.hold(chat_id);
    this.#snapshots.ask();
  }

  /** A snapshot has come: put it in place, then what has happened since. */
  async #filled(snapshot: Snapshot): Promise<void> {
    const { id } = snapshot.chat;
    if (snapshot.epoch !== this.#epoch) return;
    await this.#replica.write(async (batch) => {
      // All of it in this transaction's turn: the chat may have been left in the one before, or may
      // be in the next, and then neither its cursor nor what was held may outlive it.
      await batch.chatRow(id);
      if (!this.#snapshots.has(id)) return;
      await applySnapshot(batch, snapshot, this.#replica.own);
      this.#cursors.set(id, snapshot.seq);
      this.#inflow.take(this.#snapshots.release(id) as unknown as Frame[]);
    });
  }

  async #gone(id: number): Promise<void> {
    this.#forget(id);
    await this.#replica.write((batch) => batch.forgetChat(id));
  }

  #forget(id: number): void {
    this.#snapshots.release(id);
    this.#cursors.delete(id);
  }

  // Frames

  async #apply(frames: Frame[]): Promise<void> {
    const before = new Map(this.#cursors);
    const effects: Effect[] = [];
    const gaps = new Map<number, number>();
    try {
      await this.#replica.write(async (batch) => {
        await readAhead(batch, frames);
        for (const frame of frames) await this.#act(frame, batch, effects, gaps);
      });
    } catch (error) {
      // Nothing of it is stored, so nothing of it counts: the next connection brings it again.
      this.#cursors = before;
      this.#reconnect();
      throw error;
    }
    for (const effect of effects) this.#follow(effect);
    // Also what an earlier connection could not bring.
    if (frames.some(({ type }) => type === ANSWER)) this.#snapshots.ask();
    // Not awaited: the answer comes after events that are to be applied here.
    void this.#gaps.close([...gaps]);
  }

  #reconnect(): void {
    const { socket, clock } = this.#parts;
    socket.stop();
    clock.after(this.#backoff.next(), () => {
      if (!this.#stopped) socket.start();
    });
  }

  async #act(frame: Frame, batch: Batch, effects: Effect[], gaps: Map<number, number>): Promise<void> {
    if (frame.type === ANSWER) return this.#states((frame as Answer).streams, batch, gaps);
    if (typeof frame["seq"] !== "number" || typeof frame["stream"] !== "number") {
      if (frame.type === "subscription.ended") this.#forget(frame["stream"] as number);
      return signalled(frame, batch, this.#replica.own);
    }
    const event = frame as unknown as Event;
    const cursor = this.#cursors.get(event.stream);
    // A chat that was joined a moment ago: its snapshot is on the way, or will be.
    if (cursor === undefined) this.#fill(event.stream);
    if (this.#snapshots.held(event) || cursor === undefined || event.seq <= cursor) return;
    if (event.seq > cursor + 1) return void gaps.set(event.stream, cursor);
    const effect = await apply(event, batch, this.#replica.own);
    if (effect !== null) effects.push(effect);
    this.#advance(event, batch);
  }

  #advance({ type, stream, seq, by, data }: Event, batch: Batch): void {
    if (type === "chat.left") this.#forget((data as { chat_id: number }).chat_id);
    if (type === "chat.deleted") return this.#forget(stream);
    this.#cursors.set(stream, seq);
    this.#parts.socket.progressed();
    batch.put("streams", stream, { id: stream, seq });
    if (type === "message.created" && by !== this.#replica.own) this.#received.note(stream, seq);
  }

  #follow(effect: Effect): void {
    switch (effect.kind) {
      case "fill":
        // Its events may have come first, and have had it filled already.
        if ((this.#cursors.get(effect.chat_id) ?? -1) < effect.seq) this.#fill(effect.chat_id);
        return;
      case "revoked":
        if (effect.session_id === this.#welcome?.session_id) this.#parts.onRevoked();
        return;
      case "unknown user":
        void this.#loading.person(effect.user_id);
    }
  }
}
