// Which desktop program the server offers for the machine one sits at.

import { BASE, read } from "../../lib/http.ts";
import { fitting, type Offered, systemOf } from "../../lib/systems.ts";

interface Agents extends Navigator {
  userAgentData?: { getHighEntropyValues(hints: string[]): Promise<{ architecture?: string }> };
}

/** Whether there are programs for such machines at all: not for a phone. */
export function isForThisMachine(): boolean {
  return systemOf(navigator) !== null;
}

/** Rejects without an answer of the server's. */
export async function offeredHere(): Promise<Offered | null> {
  const { userAgentData, userAgent, maxTouchPoints } = navigator as Agents;
  const [{ data }, told] = await Promise.all([
    fetch(`${BASE}/server`).then((answer) => read<{ data: { installers: Offered[] } }>(answer)),
    userAgentData?.getHighEntropyValues(["architecture"]).catch(() => ({})),
  ]);
  const { architecture } = (told ?? {}) as { architecture?: string };
  return fitting(data.installers, { userAgent, maxTouchPoints, architecture });
}
