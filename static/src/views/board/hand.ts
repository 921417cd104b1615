// What is in somebody's hand: a card dragged or carried by keys. As long as it is there, nothing else
// on the board moves; when it is put down, focus follows it.

import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useAccount } from "../hooks/context.ts";
import type { BoardView } from "../../models/boards.ts";
import type { ColumnView, TaskView } from "../../models/overlays/tasks.ts";
import { useCardActions } from "../card/actions.ts";
import type { BoardShared } from "./context.ts";
import { type Drop, useDrag } from "./drag.ts";
import { type BoardKeys, cardElement, useBoardKeys } from "./keys.ts";
import { cardAfter } from "./lift.ts";

export interface HandParts {
  box: RefObject<HTMLDivElement | null>;
  /** The whole board as it is. */
  live: BoardView;
  /** What the filters leave of it. */
  shown: ColumnView[];
  unsorted: TaskView[];
  shared: BoardShared;
  draggable: boolean;
  say: (sentence: string) => void;
  openMove: (task: TaskView, at: Element) => void;
  /** The card to focus when it is drawn in its new place. */
  refocus: { current: number | null };
}

export function useHand(parts: HandParts): BoardKeys {
  const { box, live, shown, unsorted, shared, draggable, say, openMove, refocus } = parts;
  const { tasks } = useAccount();
  const { move } = useCardActions();
  const [frozen, setFrozen] = useState<ColumnView[] | null>(null);
  const columns = frozen ?? shown;
  const onStart = (): void => setFrozen(shown);
  const onEnd = (drop: Drop | null): void => {
    setFrozen(null);
    if (drop === null) return;
    const { id, column_id, index } = drop;
    const named = ({ column }: ColumnView): boolean => column.id === column_id;
    const [all, seen] = [live.columns.find(named), columns.find(named)];
    if (all === undefined || seen === undefined) return;
    const task = tasks.of(id).peek();
    if (task !== null) move(task, column_id, cardAfter(all.tasks, seen.tasks, index, id));
    refocus.current = id;
  };
  const lists = live.columns.map(({ column }) => column.id).join() + (unsorted.length > 0);
  useDrag(box, lists, draggable, { onStart, onEnd });
  const keys = useBoardKeys({ columns, unsorted, shared, say, onLift: onStart, onDrop: onEnd, openMove, refocus });
  useRefocus(box, refocus);
  return keys;
}

function useRefocus(box: HandParts["box"], refocus: HandParts["refocus"]): void {
  const { tasks } = useAccount();
  const real = useRef(tasks.real.bind(tasks));
  useLayoutEffect(() => {
    if (refocus.current === null) return;
    const card = cardElement(box.current, real.current(refocus.current));
    if (card === null) return;
    refocus.current = null;
    const { activeElement } = document;
    // Only from where it would be lost, or from the board: nobody's typing is interrupted.
    if (activeElement === document.body || box.current?.contains(activeElement)) card.focus();
  });
}
