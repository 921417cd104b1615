// Buttons: with words, or with an icon alone, whose name is then in a tip and for readers.

import "./button.css";
import type { ComponentChildren, JSX } from "preact";
import { Icon, type IconName } from "./icon.tsx";
import { tip } from "./tips.tsx";

type Native = Omit<JSX.IntrinsicElements["button"], "icon" | "label" | "size">;

export interface ButtonProps extends Native {
  /** `main`: the one that is meant; `danger`: takes something away; `quiet`: no edge. */
  kind?: "plain" | "main" | "danger" | "quiet" | undefined;
  icon?: IconName | undefined;
  small?: boolean | undefined;
  wide?: boolean | undefined;
  /** Shows that it works, and takes no second press. */
  busy?: boolean | undefined;
  children?: ComponentChildren | undefined;
}

export function Button({ kind = "plain", icon, small, wide, busy, children, ...rest }: ButtonProps) {
  const names = ["button", `button-${kind}`, small && "button-small", wide && "button-wide", rest.class];
  return (
    <button
      type="button"
      {...rest}
      class={names.filter(Boolean).join(" ")}
      aria-busy={busy ? true : undefined}
      // Not disabled, which would drop the focus: the form may have to be tried again.
      aria-disabled={busy ? true : undefined}
      onClick={busy ? refuse : rest.onClick}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}

function refuse(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}

export interface IconButtonProps extends Native {
  icon: IconName;
  label: string;
  /** The keys that do the same, like `ctrl+k`: shown in the tip. */
  keys?: string | undefined;
  small?: boolean | undefined;
  /** For a button that stays down: `aria-pressed`. */
  pressed?: boolean | undefined;
  danger?: boolean | undefined;
}

export function IconButton({ icon, label, keys, small, pressed, danger, ...rest }: IconButtonProps) {
  const names = ["icon-button", small && "icon-button-small", danger && "icon-button-danger", rest.class];
  return (
    <button
      type="button"
      {...tip(label, keys)}
      aria-label={label}
      aria-pressed={pressed}
      {...rest}
      class={names.filter(Boolean).join(" ")}
    >
      <Icon name={icon} />
    </button>
  );
}
