// The desktop program for the machine one sits at, where the server offers one. Comes when all else is there.

import { useEffect, useState } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import { BASE, read } from "../../lib/http.ts";
import { fitting, type Offered } from "../../lib/systems.ts";

interface Agents extends Navigator {
  userAgentData?: { getHighEntropyValues(hints: string[]): Promise<{ architecture?: string }> };
}

const NAMES = { windows: "Windows", macos: "macOS", linux: "Linux" } as const;

async function found(): Promise<Offered | null> {
  const { userAgentData, userAgent, maxTouchPoints } = navigator as Agents;
  const [{ data }, told] = await Promise.all([
    fetch(`${BASE}/server`).then((answer) => read<{ data: { installers: Offered[] } }>(answer)),
    userAgentData?.getHighEntropyValues(["architecture"]).catch(() => ({})),
  ]);
  const { architecture } = (told ?? {}) as { architecture?: string };
  return fitting(data.installers, { userAgent, maxTouchPoints, architecture });
}

export default function Installers() {
  const { t } = useWords();
  const [offered, setOffered] = useState<Offered | null>(null);
  useEffect(() => {
    // Without an answer nothing is offered: nobody waits for it.
    found().then(setOffered, () => {});
  }, []);
  if (offered === null) return null;
  // Who came by a link to a chat goes on there, in the program.
  const there = new URLSearchParams({ server: location.origin, place: location.pathname });
  return (
    <p class="entry-other">
      <a href={`/downloads/${offered.name}`} download={offered.name}>
        {t("entry.install", { system: NAMES[offered.system] })}
      </a>
      <br />
      <a href={`messenger://open?${there}`}>{t("entry.open_installed")}</a>
    </p>
  );
}
