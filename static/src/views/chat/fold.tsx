// A long message: its beginning, and the rest for whoever wants it. Open until one leaves the chat.

import "./fold.css";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import type { FeedView } from "./feed-view.ts";
import type { ChatState } from "./state.ts";

const LINES = 20;
const CHARACTERS = 1500;

export function isLong(text: string): boolean {
  return text.length > CHARACTERS || text.split("\n", LINES + 1).length > LINES;
}

interface FoldProps {
  seq: number;
  state: ChatState;
  view: FeedView;
  children: ComponentChildren;
}

export function Fold({ seq, state, view, children }: FoldProps) {
  const { t } = useWords();
  const [open, setOpen] = useState(state.unfolded.has(seq));
  const turn = (): void => {
    // What one reads stays where it is, also at the end.
    view.scroll.hold();
    if (open) state.unfolded.delete(seq);
    else state.unfolded.add(seq);
    setOpen(!open);
  };
  return (
    <div class={`fold ${open ? "" : "fold-closed"}`}>
      <div class="fold-text">{children}</div>
      <button type="button" class="fold-turn" aria-expanded={open} onClick={turn}>
        {t(open ? "chat.fold" : "chat.unfold")}
      </button>
    </div>
  );
}
