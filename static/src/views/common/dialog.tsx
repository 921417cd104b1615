// Dialogs and sheets: the browser's own modal element, so that focus stays in it, everything else is
// out of reach, and focus goes back to where it was. A narrow screen has them at its bottom.

import "./dialog.css";
import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import { composing } from "../../lib/keys.ts";
import { IconButton } from "./button.tsx";
import { useLayers } from "./layers.ts";
import { Tips } from "./tips.tsx";
import { Toasts } from "./toasts.tsx";

export interface DialogProps {
  title: string;
  onClose: () => void;
  children?: ComponentChildren | undefined;
  /** The buttons at its end; the one that is meant is last. */
  footer?: ComponentChildren | undefined;
  size?: "small" | "medium" | "large" | undefined;
  /** No visible heading: the title is for readers only. */
  bare?: boolean | undefined;
  /** On a phone it takes the whole screen. */
  full?: boolean | undefined;
  class?: string | undefined;
}

export function Dialog({ title, onClose, children, footer, size = "medium", bare, full, ...rest }: DialogProps) {
  const { t } = useWords();
  const id = useId();
  const box = useRef<HTMLDialogElement>(null);
  const layers = useLayers();
  const depth = useModal(box);
  useEscape(depth, onClose);
  const names = ["dialog", `dialog-${size}`, full && "dialog-full", rest.class];
  return (
    <dialog
      ref={box}
      class={names.filter(Boolean).join(" ")}
      aria-labelledby={bare ? undefined : id}
      aria-label={bare ? title : undefined}
      onCancel={cancelled(onClose)}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget && outside(event, event.currentTarget)) onClose();
      }}
    >
      {!bare && (
        <header class="dialog-head">
          <h2 class="dialog-title" id={id}>
            <bdi>{title}</bdi>
          </h2>
          <IconButton icon="close" label={t("app.close")} onClick={onClose} />
        </header>
      )}
      <div class="dialog-body">{children}</div>
      {footer !== undefined && <footer class="dialog-foot">{footer}</footer>}
      {layers.dialogs.value === depth.value && <Toasts />}
      <Tips />
    </dialog>
  );
}

/** The same from the bottom of a phone; a small dialog elsewhere. */
export function Sheet(props: Omit<DialogProps, "full">) {
  return <Dialog size="small" {...props} />;
}

/**
 * Open a `<dialog>` as long as it is shown; gives how many dialogs deep it is. Before the frame that
 * shows it: the next key is meant for it.
 */
export function useModal(box: { current: HTMLDialogElement | null }): ReadonlySignal<number> {
  const layers = useLayers();
  const depth = useSignal(0);
  useLayoutEffect(() => {
    const dialog = box.current;
    const before = document.activeElement;
    dialog?.showModal();
    const leave = layers.enter();
    depth.value = layers.dialogs.peek();
    return () => {
      leave();
      dialog?.close();
      // The browser would do it, but the element is taken out of the page first.
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return depth;
}

/** The browser asks to close it, as Android's back does: it goes with what shows it, not before. */
export function cancelled(close: () => void): (event: Event) => void {
  return (event) => {
    // A file field's "cancel" comes up through it.
    if (event.target !== event.currentTarget) return;
    event.preventDefault();
    close();
  };
}

/** Esc closes the uppermost, wherever the focus is: what had it may be gone. */
export function useEscape(depth: ReadonlySignal<number>, close: () => void): void {
  const layers = useLayers();
  const latest = useRef(close);
  latest.current = close;
  useLayoutEffect(() => {
    const heard = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || composing(event) || event.defaultPrevented) return;
      if (layers.dialogs.peek() !== depth.peek() || layers.menu.peek() !== null) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      latest.current();
    };
    // After what the elements in the dialog do with it themselves, before the places' keys.
    document.body.addEventListener("keydown", heard);
    return () => document.body.removeEventListener("keydown", heard);
  }, [layers, depth]);
}

function outside(event: PointerEvent, dialog: HTMLDialogElement): boolean {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom;
}
