// The menu that is open: beside what it is of, at the pointer, or as a sheet on a phone. Arrows, Home,
// End and letters move in it, Esc leaves, and focus goes back to where it was.

import "./menu.css";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useModel } from "../hooks/context.ts";
import { cancelled, useModal } from "./dialog.tsx";
import { Icon } from "./icon.tsx";
import { type MenuAsked, type MenuItem, useLayers } from "./layers.ts";

export interface MenuProps {
  asked: MenuAsked;
  onClose: () => void;
}

const EDGE = 8;

export default function Menu({ asked, onClose }: MenuProps) {
  const box = useRef<HTMLDialogElement>(null);
  useModal(box);
  useLayoutEffect(() => put(box.current, asked.at), [asked]);
  useLayoutEffect(() => choices(box.current)[0]?.focus({ preventScroll: true }), []);
  return (
    <dialog
      ref={box}
      class="menu"
      aria-label={asked.label}
      onCancel={cancelled(onClose)}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => moveBy(event, onClose)}
    >
      <div class="menu-box">
        {asked.head && <div class="menu-head">{asked.head(onClose)}</div>}
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
