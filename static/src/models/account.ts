// Everything of one signed-in account in one tab: built here, handed round, and taken down here.

import { effect } from "@preact/signals-core";
import { deleteDB } from "idb";
import type { Clock } from "../lib/clock.ts";
import { type Database, indexOf, keepUnsent, openDatabase, wipe } from "./database.ts";
import type { Http } from "../lib/http.ts";
import { type Pace, unpaced } from "../lib/pace.ts";
import type { RawSocket } from "../lib/socket.ts";
import { type Channel, type Locks, Tabs } from "../lib/tabs.ts";
import type { Transfer } from "../lib/transfer.ts";
import { Boards } from "./boards.ts";
import { type Change, Changes } from "./changes.ts";
import { Chats } from "./chats.ts";
import { Drafts } from "./drafts.ts";
import type { Following } from "./following.ts";
import { Jots, type Pages } from "./jots.ts";
import { Link } from "./link.ts";
import { Outbox } from "./outbox.ts";
import { People } from "./people.ts";
import { Places } from "./places.ts";
import { PresenceStore, Typing } from "./presence.ts";
import { Replica } from "./replica.ts";
import { RowStore } from "./row-store.ts";
import type { ChatRow } from "./rows.ts";
import type { Sending } from "./sending.ts";
import { Settings } from "./settings.ts";
import { Tasks } from "./tasks.ts";
import type { Me } from "./types.ts";
import { Unsaved } from "./unsaved.ts";
import { Writing } from "./writing.ts";

/** What the account needs of the world around it. */
export interface World {
  http: Http;
  clock: Clock;
  connect: () => RawSocket;
  locks: Locks | undefined;
  channel: (name: string) => Channel;
  /** What the server calls the common chat as long as nobody has named it. */
  commonTitles?: readonly string[] | undefined;
  memory: Pages;
  /** How often what comes over the connection is applied and shown; without one, at once. */
  pace?: Pace;
  /** The first paint: what the connection takes is not fetched beside what that waits for. */
  shown?: Promise<unknown>;
  /** What sends files; without one, the browser's. */
  transfer?: Transfer;
}

/** Where what keeps the connection could not be fetched. */
const CONNECT_AGAIN_MS = 3_000;

export class Account {
  readonly user_id: number;
  readonly database: Database;
  readonly http: Http;
  readonly changes: Changes;
  readonly link: Link;
  readonly chats: Chats;
  readonly writing: Writing;
  readonly people: People;
  readonly places: Places;
  readonly tasks: Tasks;
  readonly boards: Boards;
  readonly outbox: Outbox;
  readonly drafts: Drafts;
  readonly unsaved: Unsaved;
  readonly presence: PresenceStore;
  readonly typing: Typing;
  readonly settings: Settings;
  readonly replica: Replica;
  readonly clock: Clock;
  readonly #tabs: Tabs;
  readonly #jots: Jots;
  readonly #follow: () => Promise<Following>;
  /** Comes after the first paint: the local data is shown without it. */
  #following: Following | null = null;
  #closed = false;
  /** Comes after the first paint: until there is a connection there is nothing to send over. */
  #sending: Sending | null = null;
  readonly #makeSending: () => Promise<Sending>;
  #live = false;
  #endLeading: () => void = () => {};

  /** Open the local data of an account; the connection follows by itself. */
  static async open(world: World, me: Me, onRevoked: () => void): Promise<Account> {
    // Where it cannot be had, it is asked for again.
    void Promise.resolve(world.shown).then(() => import("./following.ts").catch(() => {}));
    const database = await openDatabase(me.id);
    const account = new Account(world, database, me, onRevoked);
    await account.#load();
    account.#begin();
    return account;
  }

  private constructor(world: World, database: Database, me: Me, onRevoked: () => void) {
    const { http, clock } = world;
    const name = `messenger-${me.id}`;
    this.user_id = me.id;
    this.database = database;
    this.http = http;
    this.changes = new Changes();
    const replica = new Replica(database, this.changes, me.id);
    this.replica = replica;
    this.clock = clock;
    const token = (spent?: string): Promise<string> => http.token(spent);
    this.#tabs = new Tabs({
      name,
      locks: world.locks,
      channel: world.channel(name),
      after: clock.after.bind(clock),
    });
    this.link = new Link(this.#tabs, this.changes, () => this.#following?.socket ?? null);
    this.#jots = new Jots(world.memory, me.id);
    this.outbox = new Outbox(replica, clock, this.#jots);
    this.unsaved = new Unsaved(world.memory, me.id, () => clock.now());
    this.drafts = new Drafts(replica, this.outbox, this.#jots, clock);
    this.people = new People(replica, http, this.outbox, me);
    this.places = new Places(replica, clock);
    const { outbox, people, drafts } = this;
    const { commonTitles = [] } = world;
    const rows = new RowStore<ChatRow>();
    this.writing = new Writing(rows, { replica, http, outbox, drafts });
    this.chats = new Chats(rows, { replica, http, outbox, people, drafts, clock, commonTitles });
    this.tasks = new Tasks({
      replica,
      http,
      outbox,
      row: (id) => this.chats.row(id),
      isDone: (id) => this.boards.isDone(id),
      send: (id, text, extras) => this.writing.send(id, text, extras),
    });
    this.boards = new Boards(replica, outbox, this.tasks);
    this.presence = new PresenceStore(this.changes, this.link.tell);
    this.typing = new Typing(this.changes, this.link.tell, clock, me.id);
    this.settings = new Settings(http, outbox);
    this.#follow = async () => {
      await world.shown;
      const { following } = await import("./following.ts");
      const { connect, pace = unpaced } = world;
      return following({ replica, http, connect, token, clock, onRevoked, pace });
    };
    this.#makeSending = async () => {
      const { sendingOver } = await import("./delivery.ts");
      // There is a connection: there is what keeps it.
      const { socket, sync } = this.#following as Following;
      const settled = (): Promise<void> => sync.settled();
      const onProgress = (): void => socket.progressed();
      return sendingOver({ http, socket, settled, own: me.id, transfer: world.transfer }, { outbox, replica, clock, onProgress });
    };
  }

  async #load(): Promise<void> {
    const { people, chats, tasks, boards, outbox, drafts, places } = this;
    const stores = [people, chats, tasks, boards, outbox, places];
    await Promise.all(stores.map((store) => store.load()));
    await drafts.load();
  }

  #begin(): void {
    this.changes.carriedBy((changes) => this.#tabs.tell("changes", changes));
    this.#tabs.on<Change[]>("changes", (changes) => {
      this.changes.here(changes);
      this.#sending?.kick();
    });
    this.changes.hear((changes) => {
      for (const change of changes) {
        if (change.kind === "link" && change.state === "live") this.presence.say();
        if (change.kind === "named") {
          this.unsaved.rename(`task.${change.temporary}.`, `task.${change.id}.`);
        }
      }
    });
    this.outbox.onWaiting = () => this.#sending?.kick();
    this.#connect();
    void this.link.learn();
  }

  #connect(): void {
    this.#follow().then(
      (following) => this.#closed || this.#led(following),
      () => this.#closed || this.clock.after(CONNECT_AGAIN_MS, () => this.#connect()),
    );
  }

  #led(following: Following): void {
    const { sync } = (this.#following = following);
    sync.onState = (state) => {
      this.#send(state === "live");
      this.link.become(state);
    };
    this.#endLeading = effect(() => {
      if (this.#tabs.leading.value) void sync.start();
    });
  }

  #send(live: boolean): void {
    this.#live = live;
    if (this.#sending !== null) this.#sending.live = live;
    if (!live || this.#sending !== null) return;
    const made = (sending: Sending): void => {
      this.#sending ??= sending;
      this.#sending.live = this.#live;
    };
    // Not to be had just now: the next connection asks again.
    this.#makeSending().then(made, console.warn);
  }

  #unfollow(): void {
    this.#closed = true;
    this.#following?.sync.stop();
  }

  /** Let go of everything; what is stored stays. */
  close(): void {
    this.#endLeading();
    this.#send(false);
    this.#sending?.stop();
    this.#unfollow();
    this.changes.carriedBy(() => {});
    this.#tabs.close();
    this.replica.seal();
    this.database.close();
  }

  /** Close, and leave nothing behind; unless asked for, also not what was never sent. */
  async erase(keepOwn: boolean): Promise<void> {
    this.#unfollow();
    this.#send(false);
    await this.outbox.stored();
    this.replica.seal();
    if (keepOwn) this.unsaved.keepWords();
    else {
      this.unsaved.wipe();
      this.#jots.wipe();
    }
    await (keepOwn ? keepUnsent(this.database) : wipe(this.database));
    await deleteDB(indexOf(this.user_id));
    this.close();
  }
}
