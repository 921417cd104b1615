// The desktop program on this machine, as far as a browser can know of it: whether somebody has it or is
// offered it, whether links go there, and the way to hand it a place.

import { type ReadonlySignal, signal } from "@preact/signals";
import { desktop, LINKS_THERE, site } from "../../lib/desktop.ts";
import type { DeviceSession } from "../../models/contract.ts";

const LOOKED = "messenger.program";
const LOOK_EVERY_MS = 24 * 3_600_000;
/** What a desktop program calls itself in the list of sessions (desktop/src/main/client.ts). */
const OWN = /^Messenger, (Windows|macOS|Linux)/;

const found = signal(false);
const links = signal(localStorage.getItem(LINKS_THERE) === "yes");
/** Whether there is likely one: this person uses it, or the server offers it for this system. */
export const there: ReadonlySignal<boolean> = found;
/** Whether links that open in this browser go on to it. */
export const takesLinks: ReadonlySignal<boolean> = links;

export function takeLinks(on: boolean): void {
  links.value = on;
  if (on) localStorage.setItem(LINKS_THERE, "yes");
  else localStorage.removeItem(LINKS_THERE);
}

interface Looked {
  at: number;
  there: boolean;
}

let looking: Promise<void> | null = null;

/** Look once a day: what is remembered holds meanwhile. */
export function look(sessions: () => Promise<DeviceSession[]>): Promise<void> {
  return (looking ??= find(sessions));
}

async function find(sessions: () => Promise<DeviceSession[]>): Promise<void> {
  if (desktop) return;
  const before = JSON.parse(localStorage.getItem(LOOKED) ?? "null") as Looked | null;
  if (before !== null && Date.now() - before.at < LOOK_EVERY_MS) {
    found.value = before.there;
    return;
  }
  try {
    const { isForThisMachine, offeredHere } = await import("./offered.ts");
    const uses = async (): Promise<boolean> => (await sessions()).some(({ device }) => OWN.test(device));
    found.value = isForThisMachine() && ((await offeredHere()) !== null || (await uses()));
    localStorage.setItem(LOOKED, JSON.stringify({ at: Date.now(), there: found.value } satisfies Looked));
  } catch {
    // Without a connection it is looked for another time.
    looking = null;
  }
}

/** The browser asks whether the program may be opened; where there is none, nothing happens. */
export function handOver(path: string): void {
  const [place = "/"] = path.split("?");
  const link = document.createElement("a");
  link.href = `messenger://open?${new URLSearchParams({ server: site, place })}`;
  link.click();
}
