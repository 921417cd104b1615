// Keys that lead from anywhere to anywhere: G then a letter, Alt with arrows, Ctrl+K, `?`.

import { useEffect, useRef } from "preact/hooks";
import type { Key } from "../lib/locale.ts";
import type { Place } from "../lib/router.ts";
import { nothingModal, useLayers } from "../views/common/layers.ts";
import { useAccount, useKey, useModel, useWords } from "../views/hooks/context.ts";

const LEADS: readonly [letter: string, name: Key, place: Place][] = [
  ["c", "rail.chats", { name: "chats" }],
  ["t", "rail.tasks", { name: "tasks" }],
  ["p", "rail.people", { name: "people" }],
  ["s", "rail.settings", { name: "settings" }],
];
const SECOND_WITHIN_MS = 1500;

export function PlaceKeys({ below }: { below: Place }): null {
  const layers = useLayers();
  const { show } = layers;
  const { router } = useModel();
  const group = "keys.everywhere";
  useKey({ combo: "ctrl+k", name: "keys.switch", group, run: () => show("switcher") });
  useKey({ combo: "ctrl+shift+f", name: "keys.search", group, when: nothingModal, run: () => router.go({ name: "search", q: "" }) });
  useKey({ combo: "?", name: "keys.list", group, run: () => show("keys") });
  useKey({ combo: "ctrl+/", name: "keys.list", group, run: () => show("keys") });
  const can = (): boolean => layers.canUndo;
  // In a field it is the field's own.
  useKey({ combo: "ctrl+z", name: "keys.undo", group, whenTyping: false, when: can, run: layers.undoLast });
  // Beside a field to write in, what is typed is meant for that.
  useGo(below.name !== "chat");
  useNextChat(below);
  useAllRead();
  return null;
}

/** Two keys, one after the other. Together with the space they match no press: they are for the list. */
function useGo(on: boolean): void {
  const { keys, router } = useModel();
  const group = "keys.places";
  const waits = useRef<() => void>(() => {});
  const begin = (): void => {
    waits.current();
    const stop = (): void => {
      clearTimeout(timer);
      for (const end of ends) end();
    };
    const ends = LEADS.map(([combo, name, place]) => {
      const run = (): void => {
        stop();
        router.go(place);
      };
      return keys.bind({ combo, name, group, run });
    });
    const timer = setTimeout(stop, SECOND_WITHIN_MS);
    waits.current = stop;
  };
  useEffect(() => {
    if (!on) return;
    const bound = [keys.bind({ combo: "g", name: "keys.go", group, run: begin })];
    const ends = LEADS.map(([letter, name]) => keys.bind({ combo: `g ${letter}`, name, group }));
    return () => {
      waits.current();
      for (const end of [...bound, ...ends]) end();
    };
  }, [keys, router, on]);
}

function useNextChat(place: Place): void {
  const { router } = useModel();
  const { chats } = useAccount();
  const step = (by: number, unread: boolean) => (): void => {
    const list = chats.list.peek();
    const at = "chat_id" in place ? list.findIndex(({ id }) => id === place.chat_id) : -1;
    const rest = by > 0 ? list.slice(at + 1) : list.slice(0, Math.max(at, 0)).toReversed();
    const next = rest.find((chat) => !unread || ((chat.unread > 0 || chat.marked) && !chat.muted));
    if (next) router.go({ name: "chat", chat_id: next.id });
  };
  const group = "keys.places";
  const when = nothingModal;
  useKey({ combo: "alt+arrowdown", name: "keys.next_chat", group, when, run: step(1, false) });
  useKey({ combo: "alt+arrowup", name: "keys.previous_chat", group, when, run: step(-1, false) });
  useKey({ combo: "alt+shift+arrowdown", name: "keys.next_unread", group, when, run: step(1, true) });
  useKey({ combo: "alt+shift+arrowup", name: "keys.previous_unread", group, when, run: step(-1, true) });
}

function useAllRead(): void {
  const { chats, writing } = useAccount();
  const { toast } = useLayers();
  const { t } = useWords();
  const run = (): void => {
    const unread = chats.list.peek().filter((chat) => chat.unread > 0 || chat.marked);
    for (const chat of unread) {
      if (chat.marked) writing.setListing(chat.id, { unread: false });
      if (chat.last !== null) void writing.markRead(chat.id, chat.last.seq);
    }
    toast(t(unread.length > 0 ? "keys.all_read_done" : "keys.all_read_already"));
  };
  useKey({
    combo: "shift+escape",
    name: "keys.all_read",
    group: "keys.everywhere",
    whenTyping: true,
    when: nothingModal,
    run,
  });
}
