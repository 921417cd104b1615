// What the shell's own pages ask: servers are tried, added and removed, the way to them is diagnosed.

import { addressOf } from "./address.ts";
import type { Client } from "./client.ts";
import { diagnose, written } from "./diagnostics.ts";
import { useProxy } from "./network.ts";
import type { Program } from "./program.ts";
import { nameOf } from "./servers.ts";

export class Answers {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  page(from: number) {
    const page = this.#program.pages.of(from);
    if (page === null) throw new TypeError("of no page of ours");
    return page;
  }

  beginPage(from: number): object {
    const { kind, data } = this.page(from);
    const { locale, catalog } = this.#program.words;
    const servers = this.#program.servers.all.map((server) => ({ id: server.id, name: nameOf(server), address: server.address }));
    const { locked } = this.#program.preset;
    return { kind, data, locale, words: catalog, servers, locked, proxy: this.#program.proxy ?? "" };
  }

  async try(typed: string): Promise<object> {
    this.#program.askAgain();
    const address = addressOf(typed);
    if (address === null) return { problem: "address", detail: "" };
    if (this.#program.preset.locked && !this.#program.preset.servers.includes(address)) return { problem: "locked", detail: "" };
    const probed = await this.#program.probe(address);
    return "about" in probed ? { address, name: probed.about.settings.organisation.name } : probed;
  }

  async add(from: number, typed: string): Promise<object> {
    const tried = (await this.try(typed)) as { address?: string };
    if (tried.address === undefined) return tried;
    const probed = await this.#program.probe(tried.address);
    if (!("about" in probed)) return probed;
    const server = this.#program.servers.add(tried.address, probed.about);
    this.#program.client(server.id)?.open(true);
    this.#program.show(server.id);
    this.#program.say();
    const { done, data } = this.page(from);
    const { place = "/" } = data as { place?: string };
    if (place !== "/") this.#program.open({ place, server: server.address });
    done(null);
    return tried;
  }

  async remove(id: string): Promise<void> {
    const server = this.#program.servers.of(id);
    if (server === null || this.#program.preset.servers.includes(server.address)) return;
    const client = this.#program.client(id);
    this.#program.servers.remove(id);
    this.#program.notices.clear(id);
    await client?.erase();
    this.#program.clients.delete(id);
    this.#program.vault.forget(id);
    if (this.#program.shown === id) this.#program.shown = this.#program.servers.shown?.id ?? null;
    this.#program.say();
  }

  async setProxy(rules: string): Promise<void> {
    this.#program.askAgain();
    this.#program.preferences.set({ proxy: rules.trim() === "" ? null : rules.trim() });
    for (const client of this.#program.clients.values()) await useProxy(client.store, this.#program.proxy);
  }

  async diagnose(): Promise<object> {
    const server = this.#program.servers.of(this.#program.shown ?? "");
    if (server === null) return { rows: [], text: "" };
    this.#program.askAgain();
    const client = this.#program.client(server.id) as Client;
    const { electron, chrome, node } = process.versions;
    const rows = await diagnose({
      address: server.address,
      store: client.store,
      notifications: this.#program.modules.Notification.isSupported(),
      vault: this.#program.vault,
      userData: this.#program.userData,
      versions: { messenger: this.#program.modules.app.getVersion(), electron, chrome, node },
      link: client.state.link,
      words: this.#program.words,
      now: this.#program.machine.now,
    });
    return { rows, text: written(rows) };
  }

  find(text: string, forward: boolean, next: boolean): void {
    const contents = this.#program.clients.get(this.#program.shown ?? "")?.window?.webContents;
    if (text === "") contents?.stopFindInPage("clearSelection");
    else contents?.findInPage(text, { forward, findNext: !next });
  }
}
