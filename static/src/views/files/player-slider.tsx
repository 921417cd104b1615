// Where one is in a sound: clicked, drawn or moved by keys. What is to be seen of it lies beneath.

import "./player-slider.css";
import { effect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import { player } from "./player.ts";
import { clockOf } from "./player-times.ts";

export interface SliderProps {
  label: string;
  /** Whether it is this sound that the player has; else it is at its beginning. */
  current: boolean;
  /** Seconds. */
  length: number;
  onSeek: (seconds: number) => void;
  /** Space and Enter. */
  onToggle: () => void;
  /** What the Tab key passes by. */
  aside?: boolean;
  children: ComponentChildren;
}

/** Seconds: of what is longer than a minute, keys go further. */
const stepOf = (length: number): number => (length > 60 ? 5 : 1);

export function Slider({ label, current, length, onSeek, onToggle, aside = false, children }: SliderProps) {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const drags = useRef(false);
  const show = (at: number): void => {
    const [element, input] = [box.current, field.current];
    if (element === null || input === null) return;
    element.style.setProperty("--played", String(Math.min(1, at / length)));
    input.value = String(at);
    const said = t("voice.at", { at: clockOf(at), of: clockOf(length) });
    if (input.getAttribute("aria-valuetext") !== said) input.setAttribute("aria-valuetext", said);
  };
  useLayoutEffect(
    () =>
      effect(() => {
        const at = current ? player.at.value : 0;
        if (!drags.current) show(at);
      }),
    [current, length],
  );
  const pressed = (event: KeyboardEvent): void => {
    const at = current ? player.at.peek() : 0;
    const to = movedTo(event.key, at, length);
    if (to === null && event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (to === null) onToggle();
    else onSeek(to);
  };
  return (
    <div ref={box} class="slider">
      {children}
      <input
        ref={field}
        class="slider-field"
        type="range"
        min={0}
        max={length}
        step="any"
        aria-label={label}
        {...(aside ? { tabIndex: -1 } : {})}
        onKeyDown={pressed}
        onInput={({ currentTarget }) => {
          drags.current = true;
          show(Number(currentTarget.value));
        }}
        onChange={({ currentTarget }) => {
          drags.current = false;
          onSeek(Number(currentTarget.value));
        }}
      />
    </div>
  );
}

function movedTo(key: string, at: number, length: number): number | null {
  const step = stepOf(length);
  const moves: Record<string, number> = {
    ArrowLeft: at - step,
    ArrowDown: at - step,
    ArrowRight: at + step,
    ArrowUp: at + step,
    PageDown: at - length / 10,
    PageUp: at + length / 10,
    Home: 0,
    End: length,
  };
  const to = moves[key];
  return to === undefined ? null : Math.max(0, Math.min(length, to));
}
