// The keys of the messages: arrows go from one to the next, Enter opens what can be done, letters do it.

import { useEffect, useRef } from "preact/hooks";
import { useAccount, useKey, useModel } from "../hooks/context.ts";
import { nothingOver } from "../common/layers.ts";
import { isKey } from "../../lib/keys.ts";
import type { Key } from "../../lib/locale.ts";
import type { Shown } from "../../models/overlays/messages.ts";
import { mayDo, type MessageActions } from "./actions.ts";
import type { FeedView } from "./feed-view.ts";
import { useSelectionActions } from "./selection-actions.ts";
import type { ChatState } from "./state.ts";

/** What is done with all that are selected; meanwhile there is nothing to write in. */
const TOGETHER = new Set(["f", "c", "x", "delete"]);

export function useFeedKeys(
  view: FeedView,
  state: ChatState,
  actions: MessageActions,
): (event: KeyboardEvent) => void {
  const account = useAccount();
  const focused = (): Shown | null => {
    const seq = Number((document.activeElement as HTMLElement | null)?.dataset["seq"] ?? 0);
    const message = view.shown.peek().find((each) => each.seq === seq);
    return message === undefined || message.deleted_at !== null ? null : message;
  };
  const together = useSelectionActions(state);
  const selecting = (): boolean => state.selection.active.peek();
  const remove = (message: Shown): unknown => mayDo(account, message).remove && actions.remove(message);
  const doing: [key: string, name: Key, act: (message: Shown) => unknown][] = [
    ["r", "chat.reply", actions.reply],
    ["f", "chat.forward", (message) => (selecting() ? together.forward() : actions.forward(message))],
    ["t", "chat.make_task", actions.task],
    ["e", "chat.edit", (message) => mayDo(account, message).edit && actions.edit(message)],
    ["c", "chat.copy_text", (message) => (selecting() ? together.copy() : actions.copy(message))],
    ["x", "chat.select", actions.select],
    ["delete", "app.delete", (message) => (selecting() ? together.remove() : remove(message))],
  ];
  useListed(doing);
  const byKeys = useByKeys();
  useKey({
    combo: "escape",
    name: "keys.read",
    group: "keys.everywhere",
    whenTyping: true,
    when: nothingOver,
    run: () => view.said(),
  });
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const post = event.target as HTMLElement;
    // Not from a link or a button in a message, but for its files.
    if (post.dataset["seq"] === undefined) return void (goInFiles(event, post) && event.preventDefault());
    // Of one that was only clicked at: who then types means to write.
    const means = ([key]: [string, ...unknown[]]): boolean => byKeys.current || (selecting() && TOGETHER.has(key));
    const found = doing.find((each) => isKey(event, each[0]) && means(each));
    if (found === undefined && !go(event, post, view)) return;
    event.preventDefault();
    const message = focused();
    if (found !== undefined && message !== null) found[2](message);
  };
}

/** Whether the focus is where keys have brought it. `:focus-visible` says so after any key. */
function useByKeys(): { current: boolean } {
  const byKeys = useRef(false);
  useEffect(() => {
    const end = new AbortController();
    const heard = { capture: true, signal: end.signal };
    addEventListener("pointerdown", () => (byKeys.current = false), heard);
    addEventListener("keydown", ({ key }) => (byKeys.current ||= /^(?:Tab|Arrow|Home|End)/.test(key)), heard);
    return () => end.abort();
  }, []);
  return byKeys;
}

/** They act where the focus is; `?` lists them. */
function useListed(doing: readonly [key: string, name: Key, ...rest: unknown[]][]): void {
  const { keys } = useModel();
  useEffect(() => {
    const group = "keys.message" as const;
    const moves = [
      ["arrowup", "keys.walk"],
      ["arrowdown", "keys.walk"],
      ["arrowright", "keys.message_files"],
      ["end", "chat.jump"],
      ["enter", "chat.actions"],
    ] as const;
    const ends = [...moves, ...doing].map(([combo, name]) => keys.bind({ combo, name, group }));
    return () => {
      for (const end of ends) end();
    };
  }, [keys]);
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
  if (event.key === "ArrowRight") return toFile(post, 0);
  const posts = all(post);
  const at = posts.indexOf(post);
  const by = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0 }[event.key];
  if (by === undefined) return false;
  posts[Math.max(0, by)]?.focus();
  return true;
}

/** From one file of a message to the next, and back to the message. */
function goInFiles(event: KeyboardEvent, stop: HTMLElement): boolean {
  const post = stop.closest<HTMLElement>("[data-seq]");
  // Not in a dialog that lies over them.
  if (post === null || stop.closest(".files, dialog")?.matches(".files") !== true || event.defaultPrevented) return false;
  if (event.key === "Escape") return backTo(post, event);
  // A player has these keys itself.
  if (stop.matches("video, input")) return false;
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (by === undefined) return false;
  const at = stopsOf(post).indexOf(stop);
  return at + by < 0 ? backTo(post, event) : toFile(post, at + by);
}

function backTo(post: HTMLElement, event: KeyboardEvent): true {
  event.stopPropagation();
  post.focus();
  return true;
}

function toFile(post: HTMLElement, index: number): boolean {
  const stops = stopsOf(post);
  stops[Math.min(index, stops.length - 1)]?.focus();
  return stops.length > 0;
}

function stopsOf(post: HTMLElement): HTMLElement[] {
  return [...post.querySelectorAll<HTMLElement>(".files :is(button, a[href], video, input)")];
}

function all(post: HTMLElement): HTMLElement[] {
  return [...(post.closest(".feed")?.querySelectorAll<HTMLElement>("[data-seq]") ?? [])];
}
