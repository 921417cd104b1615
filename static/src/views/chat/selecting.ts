// While messages are being selected a click chooses one instead of what it is on; with Shift, all up to it.
// Ctrl and a click begin it.

import { useSignalEffect } from "@preact/signals";
import type { FeedView } from "./feed-view.ts";
import type { ChatState } from "./state.ts";

export function useSelecting(view: FeedView, { selection }: ChatState): (event: MouseEvent) => void {
  useSignalEffect(() => selection.follow(view.feed.messages.value));
  return (event) => {
    const begins = (event.ctrlKey || event.metaKey) && (event.target as Element).closest("a, button") === null;
    if (!selection.active.peek() && !begins) return;
    const post = (event.target as Element).closest<HTMLElement>("[data-seq]");
    const shown = view.shown.peek();
    const message = shown.find(({ seq }) => String(seq) === post?.dataset["seq"]);
    if (message === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.shiftKey) selection.reach(message, shown);
    else selection.toggle(message);
  };
}
