// The words of administration: they come with it.

import { useEffect, useState } from "preact/hooks";
import { useModel } from "../hooks/context.ts";
import en from "../../locales/admin/en.json?url";
import ru from "../../locales/admin/ru.json?url";
import { catalogs } from "../../lib/catalogs.ts";

const load = catalogs({ en, ru });
let there = false;

/** Whether there are words yet. */
export function useAdminWords(): boolean {
  const { words } = useModel();
  const [ready, setReady] = useState(there);
  useEffect(() => {
    if (ready) return;
    void words.also(load).then(() => setReady((there = true)));
  }, [words, ready]);
  return ready;
}
