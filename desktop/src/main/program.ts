// The running program: its servers, each with a client, and what of them the system shows.

import { join } from "node:path";
import { Acts } from "./acts.ts";
import { type Link, linkAmong } from "./address.ts";
import { Answers } from "./answers.ts";
import { isStartedHidden } from "./autostart.ts";
import { showUnread } from "./badge.ts";
import { Client } from "./client.ts";
import { DragOut } from "./downloads.ts";
import type { Machine, Modules } from "./electron.ts";
import { hearPages } from "./hearing.ts";
import { offerJumps } from "./jumps.ts";
import { Log } from "./log.ts";
import { programMenu } from "./menu.ts";
import { Knock } from "./knock.ts";
import { answerNetwork, type Login, onWake, useProxy } from "./network.ts";
import { Notices } from "./notices.ts";
import { Pages } from "./pages.ts";
import { Places } from "./place.ts";
import { Preferences } from "./preferences.ts";
import type { Preset } from "./preset.ts";
import { probe } from "./probe.ts";
import { guardAll, openOutside } from "./security.ts";
import { Servers } from "./servers.ts";
import type { Told } from "../shared/messages.ts";
import { Tray } from "./tray.ts";
import type { Updater } from "./updates.ts";
import { Vault } from "./vault.ts";
import { Words } from "./words.ts";

export interface Extras {
  /** Hear of errors that nobody awaited: they are logged, and end nothing. */
  unexpected: (told: (error: unknown) => void) => void;
  updater: () => Promise<Updater>;
  every: (ms: number, run: () => void) => void;
}

export class Program {
  readonly modules: Modules;
  readonly machine: Machine;
  readonly extras: Extras;
  readonly preset: Preset;
  readonly userData: string;
  readonly servers: Servers;
  readonly preferences: Preferences;
  readonly vault: Vault;
  readonly places: Places;
  readonly drags: DragOut;
  readonly notices: Notices;
  readonly pages: Pages;
  readonly clients = new Map<string, Client>();
  readonly outside: (address: string) => void;
  readonly log: Log;
  readonly words: Words;
  readonly #probe: Knock;
  readonly #answers = new Answers(this);
  readonly #acts = new Acts(this);
  #tray: Tray | null = null;
  #askAgain = (): void => {};
  shown: string | null = null;
  quitting = false;

  constructor(modules: Modules, machine: Machine, extras: Extras, given: Preset) {
    const { app } = modules;
    this.modules = modules;
    this.machine = machine;
    this.extras = extras;
    this.preset = given;
    this.userData = app.getPath("userData");
    this.log = new Log(join(this.userData, "logs"), machine.now);
    this.words = new Words(machine.dist, app.getLocale());
    this.servers = new Servers(this.userData);
    this.preferences = new Preferences(this.userData);
    this.vault = new Vault(modules.safeStorage, this.userData, machine.platform);
    this.places = new Places(this.userData);
    this.drags = new DragOut(app.getPath("temp"), machine.platform);
    this.outside = openOutside(modules.shell, this.log, (address) => void this.#acts.sayUnencrypted(address));
    this.pages = new Pages(modules, machine, this.words);
    this.#probe = new Knock({ modules, store: modules.session.fromPartition("probe"), now: machine.now });
    this.notices = new Notices({
      modules,
      dist: machine.dist,
      platform: machine.platform,
      words: this.words,
      tell: (server, told, front) => this.#tell(server, told, front),
    });
  }

  async start(): Promise<void> {
    const { app, powerMonitor } = this.modules;
    this.log.info("started", { version: app.getVersion(), platform: this.machine.platform });
    guardAll(app);
    hearPages(this, this.#answers);
    app.on("second-instance", (_event, argv) => this.open(linkAmong(argv)));
    app.on("activate", () => this.show(null));
    app.on("window-all-closed", () => {});
    app.on("before-quit", () => (this.quitting = true));
    app.on("will-quit", () => this.drags.empty());
    onWake(powerMonitor, () => this.#wake());
    this.#askAgain = answerNetwork({
      app,
      log: this.log,
      now: this.machine.now,
      login: async (host, realm, again) => (await this.pages.show("login", { host, realm, again })) as Login | null,
      certificate: async (host, offered) => (await this.pages.show("certificate", { host, offered })) as number | null,
    });
    this.#tray = new Tray({
      modules: this.modules,
      dist: this.machine.dist,
      words: this.words,
      servers: () => this.#listed(),
      act: (act) => this.#acts.act(act),
      mayAdd: !this.preset.locked,
      show: (id) => this.show(id),
      quit: () => this.quit(),
    });
    this.offerJumps();
    this.#acts.useShortcut();
    await this.#openServers(isStartedHidden(app, this.machine));
    const link = linkAmong(this.machine.argv);
    if (link !== null) this.open(link);
    this.#acts.followUpdates();
    this.say();
  }

  /** Bring a server's window to the front: the one that was shown last, where none is named. */
  show(id: string | null): void {
    const client = this.clients.get(id ?? this.shown ?? "") ?? [...this.clients.values()][0];
    if (client === undefined) return this.connect();
    for (const other of this.clients.values()) if (other !== client) other.hide();
    this.shown = client.id;
    this.servers.show(client.id);
    client.show();
  }

  /** Follow a link from outside; one of no server that is known says so by the first-run window. */
  open(link: Link | null): void {
    if (link?.server != null && this.servers.at(link.server) === null) return this.connect(link.server, link.place);
    const server = link?.server == null ? null : this.servers.at(link.server);
    this.show(server?.id ?? null);
    if (link !== null) this.clients.get(this.shown ?? "")?.tell({ kind: "go", place: link.place });
  }

  async #openServers(hidden: boolean): Promise<void> {
    for (const address of this.preset.servers) {
      if (this.servers.at(address) !== null) continue;
      const probed = await this.probe(address);
      if ("about" in probed) this.servers.add(address, probed.about);
      else this.log.warn("a preset server did not answer", { problem: probed.problem });
    }
    const shown = this.servers.shown;
    for (const server of this.servers.all) this.client(server.id)?.open(server.id === shown?.id && !hidden);
    this.shown = shown?.id ?? null;
    if (shown === null && !hidden) this.connect(this.preset.servers[0]);
  }

  client(id: string): Client | null {
    const server = this.servers.of(id);
    const known = this.clients.get(id);
    if (known !== undefined || server === null) return known ?? null;
    const client = new Client({
      modules: this.modules,
      machine: this.machine,
      server,
      known: () => this.servers.of(id),
      vault: this.vault,
      words: this.words,
      log: this.log,
      places: this.places,
      preferences: this.preferences,
      drags: this.drags,
      dictionaries: this.preset.dictionaries,
      outside: this.outside,
      giveUp: () => this.#giveUp(),
      stays: () => !this.quitting && this.preferences.all.tray,
    });
    this.clients.set(id, client);
    void useProxy(client.store, this.proxy);
    void this.#learn(id, server.address, client);
    return client;
  }

  /** What the server says of itself may be new. Without a connection what it said last holds. */
  async #learn(id: string, address: string, client: Client): Promise<void> {
    const probed = await probe(client.knock.fetch, address);
    if ("about" in probed) this.servers.learn(id, probed.about);
    else this.log.info("a server did not answer", { problem: probed.problem, detail: probed.detail });
  }

  get proxy(): string | null {
    return this.preferences.all.proxy ?? this.preset.proxy;
  }

  async probe(address: string) {
    await useProxy(this.modules.session.fromPartition("probe"), this.proxy);
    return probe(this.#probe.fetch, address);
  }

  /** Somebody is at it: what they closed a question about before is asked again. */
  askAgain(): void {
    this.#askAgain();
    for (const knock of [this.#probe, ...[...this.clients.values()].map((client) => client.knock)]) knock.askAgain();
  }

  /** Ask for a server; `place` is where a link there leads to. */
  connect(address = "", place = "/"): void {
    void this.pages.show("connect", { address, place });
  }

  #wake(): void {
    this.log.info("woke up");
    for (const client of this.clients.values()) client.tell({ kind: "wake" });
  }

  #tell(server: string, told: Told, front: boolean): void {
    if (front) this.show(server);
    this.clients.get(server)?.tell(told);
  }

  async #giveUp(): Promise<boolean> {
    const { t } = this.words;
    const asked = await this.modules.dialog.showMessageBox({
      type: "error",
      message: t("desktop.crashes"),
      buttons: [t("desktop.try_again"), t("desktop.quit")],
      cancelId: 1,
    });
    if (asked.response === 1) this.quit();
    return asked.response === 0;
  }

  /** Said anew in another language. */
  offerJumps(): void {
    offerJumps(this.modules, this.machine, this.words, (place) => this.open({ place, server: null }));
  }

  quit(): void {
    this.quitting = true;
    this.modules.app.quit();
  }

  // What pages say

  by(contents: number): Client {
    const client = [...this.clients.values()].find(({ window }) => window?.webContents.id === contents);
    if (client === undefined) throw new TypeError("of no window of ours");
    return client;
  }

  /** Nothing is marked as found any more. */
  endFind(): void {
    this.#answers.find("", true, false);
  }

  act(...given: Parameters<Acts["act"]>): void {
    this.#acts.act(...given);
  }

  // What the program shows

  #listed(): { id: string; name: string; unread: number }[] {
    return [...this.clients.values()].map((client) => ({ id: client.id, name: client.name, unread: client.state.unread }));
  }

  /** Say everywhere how it stands. */
  say(): void {
    const clients = [...this.clients.values()];
    const unread = clients.reduce((sum, { state }) => sum + state.unread, 0);
    const shown = this.clients.get(this.shown ?? "");
    const windows = clients.flatMap(({ window }) => window ?? []);
    showUnread(this.modules, this.machine.platform, windows, unread, this.words);
    this.#tray?.update(unread, shown?.state.link ?? "offline");
    const { Menu } = this.modules;
    const menu = programMenu({
      words: this.words,
      platform: this.machine.platform,
      chosen: this.preferences.all,
      servers: this.#listed(),
      mayAdd: !this.preset.locked,
      updates: this.#acts.updates,
      act: (act, value) => this.#acts.act(act, value),
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
  }
}
