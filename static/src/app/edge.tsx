// The edge between what stands side by side: drawn aside by the pointer or with the arrows. Lies at the
// right of the part whose width it sets, inside it.

import type { Signal } from "@preact/signals";

const STEP = 10;

export interface EdgeProps {
  label: string;
  width: Signal<number>;
  narrowest: number;
  widest: number;
  /** Back to this by two clicks. */
  usual: number;
}

export default function Edge({ label, width, narrowest, widest, usual }: EdgeProps) {
  const set = (wanted: number): void => {
    width.value = Math.round(Math.max(narrowest, Math.min(widest, wanted)));
  };
  return (
    <div
      class="shell-edge"
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width.value}
      aria-valuemin={narrowest}
      aria-valuemax={widest}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const part = event.currentTarget.parentElement;
        if (part) set(event.clientX - part.getBoundingClientRect().left);
      }}
      onDblClick={() => set(usual)}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        set(width.value + by);
      }}
    />
  );
}
