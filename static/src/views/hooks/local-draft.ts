// What is typed into a form, kept on this device until it is saved: `useLocalDraft("task.7.title", …)`.

import { useMemo, useState } from "preact/hooks";
import type { Base } from "../../models/unsaved.ts";
import { useAccount } from "./context.ts";

export interface LocalDraft {
  /** What to begin with: what was typed before, or what there is. */
  text: string;
  /** It was typed before: to be said, with a way to be rid of it. */
  restored: boolean;
  /** What one saw when one began to type; of what was restored, then. */
  base: Base | null;
  /** On every key; with `base`, what else belongs to it. */
  keep: (text: string, base?: Base) => void;
  /** It is saved, or given up. */
  drop: () => void;
}

/** `value` and `base` are those of the moment when this begins; later ones are not looked at. */
export function useLocalDraft(key: string, value = "", base: Base | null = null): LocalDraft {
  const { unsaved } = useAccount();
  const begun = useMemo(() => {
    const kept = unsaved.of(key);
    const worth = kept !== null && (kept.text !== value || (value === "" && kept.base !== null));
    return { text: worth ? kept.text : value, restored: worth, base: worth ? kept.base : base, value };
  }, [unsaved, key]);
  const [gone, setGone] = useState<object | null>(null);
  return {
    ...begun,
    restored: begun.restored && gone !== begun,
    keep: (text, now) => {
      if (text === begun.value && now === undefined) unsaved.drop(key);
      else unsaved.keep(key, text, now ?? begun.base);
    },
    drop: () => {
      unsaved.drop(key);
      setGone(begun);
    },
  };
}
