// What an administrator has set: a policy of the machine, a file beside the program, an argument of the
// installer (which writes that file) or of the program. The first of these that says something counts.

import { dirname, join } from "node:path";
import { addressOf } from "./address.ts";
import type { Machine, Modules } from "./electron.ts";
import { readJson } from "./files.ts";

export interface Preset {
  servers: string[];
  /** Nobody adds another server. */
  locked: boolean;
  /** Where newer versions are; null: nowhere is looked. */
  updates: string | null;
  proxy: string | null;
}

const POLICY = "HKLM\\Software\\Policies\\Messenger";
const NONE: Preset = { servers: [], locked: false, updates: null, proxy: null };

export async function preset(machine: Machine, systemPreferences: Modules["systemPreferences"]): Promise<Preset> {
  const argument = machine.argv.find((each) => each.startsWith("--server="))?.slice("--server=".length);
  const found = [
    await policy(machine, systemPreferences),
    readJson(join(dirname(machine.execPath), "messenger.json")),
    argument === undefined ? null : { servers: [argument] },
  ].map(read);
  return found.find((each) => each !== null) ?? NONE;
}

async function policy(machine: Machine, systemPreferences: Modules["systemPreferences"]): Promise<unknown> {
  if (machine.platform === "darwin") {
    const said = (name: string): string => String(systemPreferences.getUserDefault(name, "string") ?? "");
    return said("Servers") === "" ? null : fromText(said);
  }
  if (machine.platform !== "win32") return readJson("/etc/messenger/desktop.json");
  try {
    const printed = await machine.run("reg", "query", POLICY);
    const values = new Map([...printed.matchAll(/^\s+(\w+)\s+REG_(?:SZ|DWORD)\s+(.*?)\s*$/gm)].map(([, name = "", value = ""]) => [name, value]));
    return values.has("Servers") ? fromText((name) => values.get(name) ?? "") : null;
  } catch {
    // There is no such key.
    return null;
  }
}

function fromText(said: (name: string) => string): unknown {
  const locked = /^(1|0x1|true|yes)$/i.test(said("Locked"));
  return { servers: said("Servers").split(/[\s,;]+/).filter(Boolean), locked, updates: said("Updates") || null, proxy: said("Proxy") || null };
}

function read(found: unknown): Preset | null {
  if (typeof found !== "object" || found === null) return null;
  const { servers, locked, updates, proxy } = found as Record<string, unknown>;
  const addresses = (Array.isArray(servers) ? servers : []).map((each) => (typeof each === "string" ? addressOf(each) : null)).filter((each) => each !== null);
  return {
    servers: addresses,
    // Locked to nothing would be a program that can do nothing.
    locked: locked === true && addresses.length > 0,
    updates: typeof updates === "string" && addressOf(new URL(updates, "https://x").origin) !== null && /^https?:/.test(updates) ? updates : null,
    proxy: typeof proxy === "string" && proxy !== "" ? proxy : null,
  };
}
