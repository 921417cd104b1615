// The desktop program for the machine one sits at, where the server offers one. Comes when all else is there.

import { useEffect, useState } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import type { Offered } from "../../lib/systems.ts";
import { offeredHere } from "../program/offered.ts";

const NAMES = { windows: "Windows", macos: "macOS", linux: "Linux" } as const;

export default function Installers() {
  const { t } = useWords();
  const [offered, setOffered] = useState<Offered | null>(null);
  useEffect(() => {
    // Without an answer nothing is offered: nobody waits for it.
    offeredHere().then(setOffered, () => {});
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
