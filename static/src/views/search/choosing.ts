// Which of the things under the box keys are for.

import { useState } from "preact/hooks";
import { useAccount } from "../hooks/context.ts";
import { recentOf } from "../../models/search/of.ts";
import type { Item } from "./items.ts";

export interface Chosen {
  at: number;
  item: Item | undefined;
  choose: (at: number) => void;
  press: (event: KeyboardEvent) => boolean;
}

/** Which of the items keys are for: what goes on with an operator, else what was found. */
export function useChosen(items: Item[], q: string, text: string): Chosen {
  const account = useAccount();
  const first = /[^\s:]:\S*$/.test(text) ? 0 : Math.max(0, items.findIndex(({ key }) => !key.startsWith("suggest")));
  const [moved, setMoved] = useState<{ q: string; key: string } | null>(null);
  const held = moved?.q === q ? items.findIndex(({ key }) => key === moved.key) : -1;
  const at = held >= 0 ? held : first;
  const item = items[at];
  const choose = (to: number): void => {
    const next = items[to];
    if (next) setMoved({ q, key: next.key });
  };
  const press = (event: KeyboardEvent): boolean => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 }[event.key];
    if (by !== undefined && items.length > 0) {
      const step = Math.abs(by) === 1 ? (at + by + items.length) % items.length : at + by;
      choose(Math.max(0, Math.min(items.length - 1, step)));
      return true;
    }
    const suggested = items[0]?.key.startsWith("suggest") ? items[0] : undefined;
    if (event.key === "Tab" && !event.shiftKey && suggested !== undefined) {
      suggested.run();
      return true;
    }
    if (item?.kind === "text" && text === "") {
      const act = event.key === "F2" ? item.rename : event.key === "Delete" ? item.drop : undefined;
      act?.();
      if (act !== undefined) return true;
    }
    if (event.key !== "Enter" || item === undefined) return false;
    if (item.kind === "hit") recentOf(account).note(q);
    item.run();
    return true;
  };
  return { at, item, choose, press };
}
