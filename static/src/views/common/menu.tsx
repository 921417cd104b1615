// Menus: beside what they are of, at the pointer, or as a sheet on a phone. Arrows, Home, End and
// letters move in them, Esc leaves, and focus goes back to where it was.

import "./menu.css";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useModel } from "../../app/context.ts";
import { IconButton, type IconButtonProps } from "./button.tsx";
import { useModal } from "./dialog.tsx";
import { Icon } from "./icon.tsx";
import { type MenuAsked, type MenuItem, useLayers } from "./layers.ts";

const LONG_PRESS_MS = 450;
const MOVED = 10;
/** A click of a lifted finger comes at once, or never. */
const LIFTED_MS = 100;
const EDGE = 8;

/** The menu that is open, if one is; the shell has it. */
export function MenuHost() {
  const asked = useLayers().menu.value;
  return asked === null ? null : <Menu asked={asked} />;
}

function Menu({ asked }: { asked: MenuAsked }) {
  const { closeMenu } = useLayers();
  const box = useRef<HTMLDialogElement>(null);
  useModal(box);
  useEffect(() => put(box.current, asked.at), [asked]);
  useEffect(() => choices(box.current)[0]?.focus({ preventScroll: true }), []);
  return (
    <dialog
      ref={box}
      class="menu"
      aria-label={asked.label}
      onCancel={(event) => event.preventDefault()}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) closeMenu();
      }}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => moveBy(event, closeMenu)}
    >
      <div class="menu-box">
        {asked.head && <div class="menu-head">{asked.head(closeMenu)}</div>}
        <div role="menu" aria-label={asked.label}>
          {asked.items.map((item, index) => (
            <Item key={index} item={item} />
          ))}
        </div>
      </div>
    </dialog>
  );
}

function Item({ item }: { item: MenuItem }) {
  const { keys } = useModel();
  const { closeMenu } = useLayers();
  if (!item) return null;
  if (item === "line") return <hr class="menu-line" />;
  return (
    <button
      type="button"
      class={`menu-item ${item.danger ? "menu-item-danger" : ""}`}
      role={item.checked === undefined ? "menuitem" : "menuitemcheckbox"}
      aria-checked={item.checked}
      disabled={item.disabled}
      tabIndex={-1}
      onClick={() => {
        closeMenu();
        // After focus is back where it was: what runs may put it elsewhere.
        setTimeout(item.run);
      }}
      onPointerEnter={(event) => {
        if (event.pointerType === "mouse") event.currentTarget.focus({ preventScroll: true });
      }}
    >
      {item.icon !== undefined && <Icon name={item.icon} />}
      <span class="menu-label">{item.label}</span>
      {item.checked && <Icon name="check" />}
      {item.keys !== undefined && <kbd class="menu-keys">{keys.label(item.keys)}</kbd>}
    </button>
  );
}

function choices(box: Element | null): HTMLElement[] {
  return [...(box?.querySelectorAll<HTMLElement>("[role^=menuitem]:not(:disabled)") ?? [])];
}

function moveBy(event: KeyboardEvent, close: () => void): void {
  const box = event.currentTarget as Element;
  // What is chosen in a menu is nobody else's key.
  event.stopPropagation();
  if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    return close();
  }
  const all = choices(box);
  const at = all.indexOf(document.activeElement as HTMLElement);
  const next = target(event.key, all, at);
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

function target(key: string, all: HTMLElement[], at: number): HTMLElement | undefined {
  if (key === "ArrowDown") return all[(at + 1) % all.length];
  if (key === "ArrowUp") return all.at(at <= 0 ? -1 : at - 1);
  if (key === "Home") return all[0];
  if (key === "End") return all.at(-1);
  if (key.length !== 1 || key === " ") return undefined;
  const rest = [...all.slice(at + 1), ...all.slice(0, at + 1)];
  return rest.find((one) => one.textContent?.toLowerCase().startsWith(key.toLowerCase()));
}

function put(dialog: HTMLDialogElement | null, at: MenuAsked["at"]): void {
  const box = dialog?.querySelector<HTMLElement>(".menu-box");
  // A phone's is a sheet: its place is in the style sheet.
  if (!box || matchMedia("(max-width: 700px)").matches) return;
  const { offsetWidth: width, offsetHeight: height } = box;
  const over = at instanceof Element ? at.getBoundingClientRect() : new DOMRect(at.x, at.y, 0, 0);
  const fromRight = over.left + width + EDGE > innerWidth;
  const left = fromRight ? over.right - width : over.left;
  const below = over.bottom + 4;
  const top = below + height + EDGE > innerHeight ? over.top - height - 4 : below;
  box.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
  box.style.top = `${Math.max(EDGE, Math.min(top, innerHeight - height - EDGE))}px`;
}

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

