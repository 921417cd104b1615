// One property of a card: its name and value in a line, and what to choose from below, once pressed.

import "./row.css";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { composing } from "../../lib/keys.ts";
import { Icon, type IconName } from "../common/index.ts";

export interface RowProps {
  icon: IconName;
  name: string;
  value: ComponentChildren;
  disabled?: boolean;
  /** What to choose from; `close` gives focus back to the line. */
  children: (close: () => void) => ComponentChildren;
}

export function Row({ icon, name, value, disabled, children }: RowProps) {
  const [open, setOpen] = useState(false);
  const choices = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // To the choice that is made, or the field; a finger is not to meet the keyboard at once.
    if (!open || matchMedia("(pointer: coarse)").matches) return;
    const first = choices.current?.querySelector<HTMLElement>('[aria-pressed="true"], input, button');
    first?.focus();
  }, [open]);
  const head = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = (): void => {
    setOpen(false);
    head.current?.focus();
  };
  return (
    <div
      class="card-row"
      onKeyDown={(event) => {
        if (!open || event.key !== "Escape" || composing(event)) return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
    >
      <button
        type="button"
        ref={head}
        class="card-row-head"
        disabled={disabled}
        aria-expanded={disabled ? undefined : open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        <Icon name={icon} />
        <span class="card-row-name">{name}</span>
        <span class="card-row-value">{value}</span>
        {!disabled && <Icon name={open ? "up" : "down"} size={16} />}
      </button>
      {open && (
        <div class="card-row-choices" id={id} ref={choices}>
          {children(close)}
        </div>
      )}
    </div>
  );
}
