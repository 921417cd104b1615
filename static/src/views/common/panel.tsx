// The side panel of a place: a card, a thread, a profile, files. Beside the place where there is
// room, over it where there is little, instead of it on a phone.

import "./panel.css";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useKey, useWords } from "../hooks/context.ts";
import { useBreakpoint } from "../hooks/breakpoint.ts";
import { IconButton } from "./button.tsx";

export interface PanelProps {
  /** For readers, and the heading unless `head` is given. */
  title: string;
  onClose: () => void;
  head?: ComponentChildren | undefined;
  /** Buttons between heading and ✕. */
  actions?: ComponentChildren | undefined;
  /** Below the part that scrolls: a composer. */
  footer?: ComponentChildren | undefined;
  children?: ComponentChildren | undefined;
  wide?: boolean | undefined;
}

export function Panel({ title, onClose, head, actions, footer, children, wide }: PanelProps) {
  const { t } = useWords();
  const box = useRef<HTMLElement>(null);
  const phone = useBreakpoint() === "phone";
  // There the place below is out of reach: the focus cannot stay in it.
  useEffect(() => {
    if (phone && !box.current?.contains(document.activeElement)) box.current?.focus();
  }, [phone]);
  useKey({ combo: "escape", name: "keys.close", group: "keys.everywhere", run: onClose });
  return (
    <aside
      class={`panel ${wide ? "panel-wide" : ""}`}
      aria-label={title}
      tabIndex={-1}
      ref={box}
      onKeyDown={(event) => {
        // Of a field: the first Esc leaves it, the second closes.
        if (event.key !== "Escape" || event.defaultPrevented || !isField(event.target)) return;
        event.preventDefault();
        box.current?.focus();
      }}
    >
      <header class="panel-head">
        <IconButton class="panel-back" icon="back" label={t("app.back")} onClick={onClose} />
        {head ?? <h2 class="panel-title" dir="auto">{title}</h2>}
        <div class="panel-actions">
          {actions}
          <IconButton class="panel-close" icon="close" label={t("app.close")} keys="escape" onClick={onClose} />
        </div>
      </header>
      <div class="panel-body">{children}</div>
      {footer !== undefined && <footer class="panel-foot">{footer}</footer>}
    </aside>
  );
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}
