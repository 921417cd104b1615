// What an administrator has set: a policy of the machine, a file beside the program, arguments of the
// installer (which leaves them in the registry), an argument of the program. The first of these that
// says something counts.

import { dirname, join } from "node:path";
import { addressOf, isLink } from "./address.ts";
import type { Machine, Modules } from "./electron.ts";
import { readJson } from "./files.ts";

export interface Preset {
  servers: string[];
  /** Nobody adds another server. */
  locked: boolean;
  /** Where newer versions are; null: nowhere is looked. */
  updates: string | null;
  proxy: string | null;
  /** Where dictionaries are fetched from, with a `/` at its end; null: where Chromium has them from. */
  dictionaries: string | null;
}

const POLICY = "HKLM\\Software\\Policies\\Messenger";
/** What the installers leave (build/installer.nsh, msi.ts): for the machine, or for one person. */
const INSTALLED = ["HKLM\\Software\\Messenger", "HKCU\\Software\\Messenger"];
const NAMES = ["Servers", "Locked", "Updates", "Proxy", "Dictionaries"];
const NONE: Preset = { servers: [], locked: false, updates: null, proxy: null, dictionaries: null };

export async function preset(machine: Machine, systemPreferences: Modules["systemPreferences"]): Promise<Preset> {
  const said = [
    () => policy(machine, systemPreferences),
    () => readJson(join(dirname(machine.execPath), "messenger.json")),
    ...(machine.platform === "win32" ? INSTALLED.map((key) => () => registry(machine, key)) : []),
    () => argument(machine.argv),
  ];
  for (const ask of said) {
    const found = read(await ask());
    if (found !== null) return found;
  }
  return NONE;
}

/** Never beside a link: what opened it may have been made to bring an argument along (CVE-2018-1000006). */
function argument(argv: readonly string[]): unknown {
  const server = argv.find((each) => each.startsWith("--server="))?.slice("--server=".length);
  return server === undefined || argv.some(isLink) ? null : { servers: [server] };
}

async function policy(machine: Machine, systemPreferences: Modules["systemPreferences"]): Promise<unknown> {
  if (machine.platform === "darwin") {
    const said = (name: string): string => String(systemPreferences.getUserDefault(name, "string") ?? "");
    return fromText(said);
  }
  if (machine.platform !== "win32") return readJson("/etc/messenger/desktop.json");
  return registry(machine, POLICY);
}

async function registry(machine: Machine, key: string): Promise<unknown> {
  try {
    // By its whole path: Windows would take a `reg.exe` of the folder it was started in.
    const program = join(machine.env["SystemRoot"] ?? "C:\\Windows", "System32", "reg.exe");
    const printed = await machine.run(program, "query", key);
    const values = new Map([...printed.matchAll(/^\s+(\w+)\s+REG_(?:SZ|DWORD)\s+(.*?)\s*$/gm)].map(([, name = "", value = ""]) => [name, value]));
    return fromText((name) => values.get(name) ?? "");
  } catch {
    // There is no such key.
    return null;
  }
}

function fromText(said: (name: string) => string): unknown {
  if (NAMES.every((name) => said(name) === "")) return null;
  const locked = /^(1|0x1|true|yes)$/i.test(said("Locked"));
  return { servers: said("Servers").split(/[\s,;]+/).filter(Boolean), locked, updates: said("Updates"), proxy: said("Proxy"), dictionaries: said("Dictionaries") };
}

function read(found: unknown): Preset | null {
  if (typeof found !== "object" || found === null) return null;
  const { servers, locked, updates, proxy, dictionaries } = found as Record<string, unknown>;
  const addresses = (Array.isArray(servers) ? servers : []).map((each) => (typeof each === "string" ? addressOf(each) : null)).filter((each) => each !== null);
  return {
    servers: addresses,
    // Locked to nothing would be a program that can do nothing.
    locked: locked === true && addresses.length > 0,
    updates: siteOf(updates),
    proxy: typeof proxy === "string" && proxy !== "" ? proxy : null,
    dictionaries: siteOf(dictionaries)?.replace(/\/*$/, "/") ?? null,
  };
}

/** An address of a site that may be asked; null for a slip of the pen, which must not end the program. */
function siteOf(given: unknown): string | null {
  return typeof given === "string" && URL.canParse(given) && addressOf(given) !== null ? given : null;
}
