// Which of the desktop programs that a server offers is for the machine one sits at.

export interface Offered {
  name: string;
  version: string;
  system: "windows" | "macos" | "linux";
  arch: "x64" | "arm64";
  kind: string;
}

export interface Agent {
  userAgent: string;
  maxTouchPoints: number;
  /** What newer browsers say of the processor: `x86` or `arm`. */
  architecture?: string | undefined;
}

/** What is double-clicked goes before what a package manager takes. */
const KINDS = ["exe", "dmg", "AppImage", "deb", "rpm", "msi"];

/** The system of the machine; null for a phone, a tablet and what nothing is made for. */
export function systemOf({ userAgent, maxTouchPoints }: Agent): Offered["system"] | null {
  if (/Android|iPhone|iPad|CrOS/.test(userAgent)) return null;
  if (userAgent.includes("Windows")) return "windows";
  // An iPad says that it is a Mac.
  if (userAgent.includes("Macintosh")) return maxTouchPoints > 1 ? null : "macos";
  return userAgent.includes("Linux") ? "linux" : null;
}

/** The program for this machine, if one is offered. */
export function fitting<O extends Offered>(offered: readonly O[], agent: Agent): O | null {
  const system = systemOf(agent);
  // Where nobody says which processor it is, it is the usual one; of Macs, the newer.
  const usual = system === "macos" ? "arm64" : "x64";
  const arch = agent.architecture === undefined || agent.architecture === "" ? usual : agent.architecture === "arm" ? "arm64" : "x64";
  const found = offered.filter((each) => each.system === system && each.arch === arch);
  return found.toSorted((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind))[0] ?? null;
}
