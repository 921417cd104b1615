// The servers this client knows, and what each said of itself last: it starts without a connection, too.

import { join } from "node:path";
import { addressOf } from "./address.ts";
import { readJson, writeWhole } from "./files.ts";
import type { About } from "./probe.ts";

export interface Server {
  id: string;
  address: string;
  about: About;
}

interface Kept {
  servers: Server[];
  shown: string | null;
  next: number;
}

export class Servers {
  readonly #path: string;
  #kept: Kept;

  constructor(userData: string) {
    this.#path = join(userData, "servers.json");
    this.#kept = read(readJson(this.#path));
  }

  get all(): readonly Server[] {
    return this.#kept.servers;
  }

  /** The one that is shown at the start. */
  get shown(): Server | null {
    return this.of(this.#kept.shown ?? "") ?? this.all[0] ?? null;
  }

  of(id: string): Server | null {
    return this.all.find((server) => server.id === id) ?? null;
  }

  at(address: string): Server | null {
    return this.all.find((server) => server.address === address) ?? null;
  }

  /** Keep a server; one that is known keeps its number, and with it what it left on this machine. */
  add(address: string, about: About): Server {
    const known = this.at(address);
    if (known !== null) {
      this.learn(known.id, about);
      return this.of(known.id) as Server;
    }
    // A number is never given twice: a partition is not another server's.
    const server = { id: String(this.#kept.next), address, about };
    this.#keep({ servers: [...this.all, server], shown: server.id, next: this.#kept.next + 1 });
    return server;
  }

  learn(id: string, about: About): void {
    if (JSON.stringify(this.of(id)?.about) === JSON.stringify(about)) return;
    this.#keep({ servers: this.all.map((server) => (server.id === id ? { ...server, about } : server)) });
  }

  show(id: string): void {
    if (this.#kept.shown !== id) this.#keep({ shown: id });
  }

  remove(id: string): void {
    this.#keep({ servers: this.all.filter((server) => server.id !== id) });
  }

  #keep(changed: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...changed };
    writeWhole(this.#path, JSON.stringify(this.#kept, null, 2));
  }
}

export function partitionOf(server: Server): string {
  return `persist:server-${server.id}`;
}

/** What it is called: by its organisation, else by its host. */
export function nameOf({ about, address }: Server): string {
  return about.settings.organisation.name || new URL(address).host;
}

/** A file that somebody else wrote into loses what makes no sense, and nothing more. */
function read(found: unknown): Kept {
  const kept = (found ?? {}) as Partial<Kept>;
  const servers = (Array.isArray(kept.servers) ? kept.servers : []).filter(isServer);
  const most = Math.max(0, ...servers.map(({ id }) => Number(id)));
  const next = Number.isSafeInteger(kept.next) ? Math.max(kept.next as number, most + 1) : most + 1;
  return { servers, shown: typeof kept.shown === "string" ? kept.shown : null, next };
}

function isServer(found: unknown): found is Server {
  const server = found as Partial<Server> | null;
  return (
    typeof server?.id === "string" &&
    /^\d{1,4}$/.test(server.id) &&
    typeof server.address === "string" &&
    addressOf(server.address) === server.address &&
    typeof server.about?.settings?.organisation?.name === "string"
  );
}
