// What can be done with the files of a tray, by hand and by keys, and what is said of it.

import type { RefObject } from "preact";
import type { LocalFile } from "../../../models/local-files.ts";
import { UNDO_MS } from "../../../models/outbox.ts";
import { filesOf } from "../../../models/uploads/files.ts";
import { isPicture } from "../../../models/uploads/photos.ts";
import type { Tray } from "../../../models/uploads/trays.ts";
import { useLayers } from "../../common/layers.ts";
import { useAccount, useWords } from "../../hooks/context.ts";

export interface TrayActions {
  remove: (id: string) => void;
  clear: () => void;
  rename: (id: string, name: string) => void;
  show: (id: string, as: "photo" | "file") => void;
  showAll: (as: "photo" | "file") => void;
  unpack: (id: string, on: boolean) => void;
  /** One place nearer to the beginning, or to the end. */
  step: (id: string, by: -1 | 1) => void;
  /** To be the one with so many before it. */
  place: (id: string, index: number) => void;
  /** True when the key was for the order, or for going through it. */
  pressed: (event: KeyboardEvent, id: string) => boolean;
}

export interface ActionsParts {
  where: string;
  field: { current: HTMLElement | null };
  list: RefObject<HTMLOListElement | null>;
  say: (sentence: string) => void;
}

export function useTrayActions({ where, field, list, say }: ActionsParts): TrayActions {
  const account = useAccount();
  const { t } = useWords();
  const { toast } = useLayers();
  const tray = filesOf(account).tray(where);
  const index = (id: string): number => tray.files.peek().findIndex((file) => file.id === id);
  const focus = (at: number): void => {
    const left = tray.files.peek().length;
    if (left === 0) return field.current?.focus();
    const next = Math.max(0, Math.min(at, left - 1));
    list.current?.querySelectorAll<HTMLElement>(".tray-tile")[next]?.focus();
  };
  // What was moved or removed has to be drawn first.
  const focusSoon = (at: number): void => void requestAnimationFrame(() => focus(at));
  const removed = async (gone: LocalFile[], words: string): Promise<void> => {
    const files = filesOf(account);
    const before = tray.files.peek();
    // Its bytes may be gone from the device before it is taken back.
    const kept = await Promise.all(gone.map(async (file) => ({ file, blob: await files.bytes(file.id) })));
    for (const { id } of gone) tray.remove(id);
    say(words);
    toast({ text: words, undo: { until: Date.now() + UNDO_MS, undo: () => putBack(tray, kept, before) } });
  };
  const place = (id: string, to: number): void => {
    const rest = tray.files.peek().filter((file) => file.id !== id);
    tray.move(id, rest[to]?.id ?? null);
    say(t("tray.moved", { index: to + 1, of: rest.length + 1 }));
  };
  const show = (id: string, as: "photo" | "file"): void => {
    tray.change(id, { shown_as: as === "file" ? "file" : null });
  };
  const step = (id: string, by: -1 | 1): void => {
    const to = index(id) + by;
    if (to < 0 || to >= tray.files.peek().length) return;
    place(id, to);
    focusSoon(to);
  };
  return {
    remove(id) {
      const at = index(id);
      const file = tray.files.peek()[at];
      if (file === undefined) return;
      void removed([file], t("tray.removed", { name: file.name })).then(() => focusSoon(at));
    },
    clear() {
      const all = tray.files.peek();
      void removed(all, t("tray.cleared", { count: all.length })).then(() => field.current?.focus());
    },
    rename: (id, name) => tray.change(id, { name }),
    show,
    showAll: (as) => tray.files.peek().filter(isPicture).forEach(({ id }) => show(id, as)),
    unpack: (id, on) => tray.change(id, { unpack: on }),
    step,
    place,
    pressed(event, id) {
      const done = walked(event, index(id), tray.files.peek().length, { step: (by) => step(id, by), focus, leave: () => field.current?.focus() });
      if (done) {
        event.preventDefault();
        event.stopPropagation();
      }
      return done;
    },
  };
}

interface Walk {
  step: (by: -1 | 1) => void;
  focus: (at: number) => void;
  leave: () => void;
}

const BY: Record<string, -1 | 1> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

function walked(event: KeyboardEvent, at: number, count: number, walk: Walk): boolean {
  const by = BY[event.key];
  if (event.ctrlKey || event.metaKey || event.shiftKey) return false;
  if (by !== undefined) {
    if (event.altKey) walk.step(by);
    else walk.focus(at + by);
    return true;
  }
  if (event.altKey) return false;
  if (event.key === "Home") walk.focus(0);
  else if (event.key === "End") walk.focus(count - 1);
  else if (event.key === "Escape") walk.leave();
  else return false;
  return true;
}

/** Each before what it stood before. */
function putBack(tray: Tray, kept: { file: LocalFile; blob: Blob | null }[], before: LocalFile[]): void {
  const chosen = kept.flatMap(({ file, blob }) => (blob === null ? [] : [{ file, blob }]));
  tray.add(...chosen);
  for (const { file } of chosen.toReversed()) {
    const behind = before.slice(before.findIndex(({ id }) => id === file.id) + 1);
    const there = new Set(tray.files.peek().map(({ id }) => id));
    tray.move(file.id, behind.find(({ id }) => there.has(id))?.id ?? null);
  }
}
