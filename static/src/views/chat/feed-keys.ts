// The keys of the messages: arrows go from one to the next, Enter opens what can be done, letters do it.

import { useAccount, useKey } from "../../app/context.ts";
import type { Shown } from "../../models/pending.ts";
import { mayDo, useMessageActions } from "./actions.ts";
import type { FeedView } from "./feed-view.ts";
import type { ChatState } from "./state.ts";

export function useFeedKeys(view: FeedView, state: ChatState): (event: KeyboardEvent) => void {
  const account = useAccount();
  const actions = useMessageActions(state);
  const focused = (): Shown | null => {
    const seq = Number((document.activeElement as HTMLElement | null)?.dataset["seq"] ?? 0);
    const message = view.shown.peek().find((each) => each.seq === seq);
    return message === undefined || message.deleted_at !== null ? null : message;
  };
  const doing: Record<string, (message: Shown) => void> = {
    KeyR: actions.reply,
    KeyT: actions.task,
    KeyE: (message) => mayDo(account, message).edit && actions.edit(message),
    KeyC: actions.copy,
    Delete: (message) => mayDo(account, message).remove && actions.remove(message),
  };
  const act = (code: string) => (): void => {
    const message = focused();
    if (message !== null) doing[code]?.(message);
  };
  const group = "keys.message" as const;
  useKey({ combo: "r", name: "chat.reply", group, run: act("KeyR") });
  useKey({ combo: "t", name: "chat.make_task", group, run: act("KeyT") });
  useKey({ combo: "e", name: "chat.edit", group, run: act("KeyE") });
  useKey({ combo: "c", name: "chat.copy_text", group, run: act("KeyC") });
  useKey({ combo: "delete", name: "app.delete", group, run: act("Delete") });
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const post = event.target as HTMLElement;
    // Not from a link or a button in a message.
    if (post.dataset["seq"] === undefined) return;
    const run = doing[event.code];
    if (run === undefined && !go(event, post, view)) return;
    event.preventDefault();
    const message = focused();
    if (run !== undefined && message !== null) run(message);
  };
}

/** Move, or open the menu; true when the key was for that. */
function go(event: KeyboardEvent, post: HTMLElement, view: FeedView): boolean {
  if (event.key === "Enter" || event.key === " ") {
    const { left, bottom } = (post.querySelector(".post-bubble") ?? post).getBoundingClientRect();
    const at = { clientX: left, clientY: bottom };
    post.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true, ...at }));
    return true;
  }
  if (event.key === "End") {
    void view.latest().then(() => requestAnimationFrame(() => all(post).at(-1)?.focus()));
    return true;
  }
  const posts = all(post);
  const at = posts.indexOf(post);
  const by = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0 }[event.key];
  if (by === undefined) return false;
  posts[Math.max(0, by)]?.focus();
  return true;
}

function all(post: HTMLElement): HTMLElement[] {
  return [...(post.closest(".feed")?.querySelectorAll<HTMLElement>("[data-seq]") ?? [])];
}
