// What is pressed on the board, heard in one place for all cards: five hundred need no listeners each.

import { useAccount } from "../hooks/context.ts";
import type { TaskView } from "../../models/overlays/tasks.ts";
import { useMenuGesture } from "../common/index.ts";
import type { BoardShared } from "./context.ts";
import type { CardMenus } from "./menus.ts";

export interface EventsParts {
  shared: BoardShared;
  menus: CardMenus;
  /** A finger that rests opens the menu; where cards are dragged it would lift one. */
  longPress: boolean;
  onConflict: (id: number) => void;
}

/** Attributes for the element that has the cards in it. */
export function useBoardEvents({ shared, menus, longPress, onConflict }: EventsParts) {
  const { tasks } = useAccount();
  const taskOf = (id: number | null): TaskView | null => (id === null ? null : tasks.of(id).peek());
  const gesture = useMenuGesture((at) => {
    const task = taskOf(idAt(document.elementFromPoint(at.x, at.y)));
    if (task !== null) menus.openCard(task, at);
  });
  return {
    ...gesture,
    onContextMenu: (event: MouseEvent): void => {
      if (idAt(event.target) !== null) gesture.onContextMenu(event);
    },
    onPointerDown: (event: PointerEvent): void => {
      if (longPress && idAt(event.target) !== null) gesture.onPointerDown(event);
    },
    onClick: (event: MouseEvent): void => {
      const button = (event.target as Element).closest<HTMLElement>("[data-menu], [data-conflict]");
      if (button === null) return;
      const { menu, conflict } = button.dataset;
      const task = taskOf(menu === undefined ? null : Number(menu));
      if (task !== null) menus.openCard(task, button);
      if (conflict !== undefined) onConflict(Number(conflict));
    },
    onFocusIn: (event: FocusEvent): void => {
      const id = idAt(event.target);
      if (id !== null) shared.focus.value = id;
    },
  };
}

function idAt(target: EventTarget | null): number | null {
  const card = target instanceof Element ? target.closest<HTMLElement>("[data-card]") : null;
  return card === null ? null : Number(card.dataset["card"]);
}
