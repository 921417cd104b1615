// What opens a menu: a button, a right click, the menu key, a long press.

import { useLayoutEffect, useRef } from "preact/hooks";
import { IconButton, type IconButtonProps } from "./button.tsx";
import { type MenuItem, useLayers } from "./layers.ts";

const LONG_PRESS_MS = 450;
const MOVED = 10;
/** A click of a lifted finger comes at once, or never. */
const LIFTED_MS = 100;

/** A button that opens a menu. */
export function MenuButton(
  props: Omit<IconButtonProps, "onClick"> & { items: () => MenuItem[]; menuLabel?: string },
) {
  const { items, menuLabel, ...rest } = props;
  const { openMenu, menu } = useLayers();
  const button = useRef<HTMLSpanElement>(null);
  const open = menu.value !== null && menu.value.at === button.current;
  return (
    <span class="menu-button" ref={button}>
      <IconButton
        {...rest}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => {
          if (button.current) openMenu({ label: menuLabel ?? rest.label, items: items(), at: button.current });
        }}
      />
    </span>
  );
}

type At = { x: number; y: number };

/** Attributes for something that has a menu: right click, the menu key, a long press of a finger. */
export function useMenuGesture(open: (at: At) => void) {
  const held = useRef<{ timer: ReturnType<typeof setTimeout>; at: At } | null>(null);
  const opened = useRef(false);
  const drop = (): void => {
    clearTimeout(held.current?.timer);
    held.current = null;
  };
  useLayoutEffect(() => drop, []);
  return {
    onContextMenu: (event: MouseEvent): void => {
      // Text that was selected has the browser's own menu.
      if (event.button === 2 && !getSelection()?.isCollapsed) return;
      event.preventDefault();
      if (opened.current) return;
      const over = (event.currentTarget as Element).getBoundingClientRect();
      const byKey = event.clientX === 0 && event.clientY === 0;
      open(byKey ? { x: over.left + 16, y: over.top + 16 } : { x: event.clientX, y: event.clientY });
    },
    onPointerDown: (event: PointerEvent): void => {
      opened.current = false;
      if (event.pointerType !== "touch") return;
      const at = { x: event.clientX, y: event.clientY };
      const timer = setTimeout(() => {
        held.current = null;
        opened.current = true;
        ignoreLift(() => (opened.current = false));
        navigator.vibrate?.(10);
        open(at);
      }, LONG_PRESS_MS);
      held.current = { at, timer };
    },
    onPointerMove: (event: PointerEvent): void => {
      const from = held.current?.at;
      if (from && Math.hypot(event.clientX - from.x, event.clientY - from.y) > MOVED) drop();
    },
    onPointerUp: drop,
    onPointerCancel: drop,
  };
}

/**
 * The finger that opened the menu is lifted: that is no click, neither of what it was on nor of the
 * choice that lies under it now.
 */
function ignoreLift(lifted: () => void): void {
  const end = new AbortController();
  end.signal.addEventListener("abort", lifted);
  const heard = { capture: true, signal: end.signal };
  const swallow = (event: Event): void => {
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("click", swallow, heard);
  addEventListener("pointerup", () => setTimeout(() => end.abort(), LIFTED_MS), heard);
  for (const next of ["pointerdown", "keydown"]) addEventListener(next, () => end.abort(), heard);
}

