// The board by keys: arrows go from card to card, Space takes one, arrows carry it, Space puts it down.

import { useEffect, useState } from "preact/hooks";
import { useKey, useWords } from "../hooks/context.ts";
import { composing, isKey } from "../../lib/keys.ts";
import type { ColumnView, TaskView } from "../../models/overlays/tasks.ts";
import type { BoardShared } from "./context.ts";
import type { Drop } from "./drag.ts";
import { type Lift, lifted, type Spot, spotOf, type Step, stepped } from "./lift.ts";

export interface BoardKeysParts {
  columns: ColumnView[];
  unsorted: TaskView[];
  shared: BoardShared;
  say: (sentence: string) => void;
  onLift: () => void;
  /** Null: it is where it was. */
  onDrop: (drop: Drop | null) => void;
  openMove: (task: TaskView, at: Element) => void;
  /** The card to focus when it is shown in its new place. */
  refocus: { current: number | null };
}

const STEPS: Record<string, Step> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};

export interface BoardKeys {
  /** The columns to show: with the card where it is held. */
  columns: ColumnView[];
  pressed: (event: KeyboardEvent) => void;
}

export function useBoardKeys(parts: BoardKeysParts): BoardKeys {
  const { columns, unsorted, shared } = parts;
  const { t } = useWords();
  const [lift, setLift] = useState<Lift | null>(null);
  const shown = lift === null ? columns : lifted(columns, lift);
  useListed();
  useTabStop(shared, [unsorted, ...shown.map(({ tasks }) => tasks)]);

  const place = ({ column, index }: Spot): string => {
    const at = shown[column];
    const own = at?.tasks.filter((task) => task.id !== lift?.task.id).length ?? 0;
    return t("board.said_place", { column: at?.column.title ?? "", index: index + 1, of: own + 1 });
  };
  const take = (task: TaskView, at: Spot): void => {
    setLift({ task, from: at, at });
    shared.held.value = task.id;
    parts.onLift();
    const { column, tasks } = columns[at.column] as ColumnView;
    const where = t("board.said_place", { column: column.title, index: at.index + 1, of: tasks.length });
    parts.say(t("board.said_lifted", { title: task.title, place: where }));
  };
  const end = (drop: Drop | null, said: string): void => {
    if (lift !== null) parts.refocus.current = lift.task.id;
    setLift(null);
    shared.held.value = null;
    parts.onDrop(drop);
    parts.say(said);
  };
  const carry = (event: KeyboardEvent, held: Lift): void => {
    const { task, from, at } = held;
    const step = STEPS[event.key];
    if (step !== undefined) {
      const next = stepped(columns, held, step);
      setLift({ ...held, at: next });
      parts.refocus.current = task.id;
      parts.say(place(next));
    } else if (event.key === " " || event.key === "Enter") {
      const column = columns[at.column]?.column;
      const moved = column !== undefined && (at.column !== from.column || at.index !== from.index);
      const drop = moved ? { id: task.id, column_id: column.id, index: at.index } : null;
      end(drop, t("board.said_dropped", { title: task.title, place: place(at) }));
    } else if (event.key === "Escape") end(null, t("board.said_back", { title: task.title }));
    else if (event.key !== "Tab") return;
    event.preventDefault();
    event.stopPropagation();
  };

  const pressed = (event: KeyboardEvent): void => {
    const link = event.target as HTMLElement;
    if (composing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const card = link.classList.contains("board-card-link") ? link.closest<HTMLElement>("[data-card]") : null;
    if (card === null) return;
    if (lift !== null) return carry(event, lift);
    const id = Number(card.dataset["card"]);
    if (event.key in STEPS || event.key === "Home" || event.key === "End") walk(card, event.key);
    else if (event.key === " " || isKey(event, "m")) {
      const at = spotOf(columns, id);
      const task = at === null ? unsorted.find((each) => each.id === id) : columns[at.column]?.tasks[at.index];
      if (task === undefined) return;
      // What stands in no column has no place to be carried from.
      if (event.key === " " && at !== null) take(task, at);
      else parts.openMove(task, card);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return { columns: shown, pressed };
}

/** They act on the card that has the focus; `?` lists them. */
function useListed(): void {
  const group = "board.keys_group" as const;
  useKey({ combo: "arrowup", name: "keys.walk", group });
  useKey({ combo: "arrowdown", name: "keys.walk", group });
  useKey({ combo: "arrowleft", name: "keys.walk", group });
  useKey({ combo: "arrowright", name: "keys.walk", group });
  useKey({ combo: "space", name: "board.key_take", group });
  useKey({ combo: "enter", name: "board.open", group });
  useKey({ combo: "m", name: "board.move_to", group });
}

/** Tab comes to one card of the board: the last one that had focus, or the first. */
function useTabStop({ focus }: BoardShared, lists: TaskView[][]): void {
  const id = focus.peek();
  const there = id !== null && lists.some((tasks) => tasks.some((task) => task.id === id));
  const first = lists.find((tasks) => tasks.length > 0)?.[0]?.id ?? null;
  useEffect(() => {
    if (!there) focus.value = first;
  }, [there, first, focus]);
}

function walk(card: HTMLElement, key: string): void {
  const list = card.parentElement as HTMLElement;
  const cards = [...list.children];
  const at = cards.indexOf(card);
  if (key === "ArrowUp") return go(cards[at - 1]);
  if (key === "ArrowDown") return go(cards[at + 1]);
  if (key === "Home") return go(cards[0]);
  if (key === "End") return go(cards.at(-1));
  const lists = [...(list.closest(".board-columns")?.querySelectorAll("[data-list]") ?? [])];
  const by = key === "ArrowLeft" ? -1 : 1;
  for (let place = lists.indexOf(list) + by; lists[place] !== undefined; place += by) {
    const others = lists[place]?.children;
    if (others?.length) return go(others[Math.min(at, others.length - 1)]);
  }
}

function go(card: Element | undefined): void {
  card?.querySelector<HTMLElement>(".board-card-link")?.focus();
}

export function cardElement(box: Element | null, id: number): HTMLElement | null {
  return box?.querySelector<HTMLElement>(`[data-card="${id}"] .board-card-link`) ?? null;
}
