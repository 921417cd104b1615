// The edge between the list and the place: drawn aside by the pointer or with the arrows.

import { useModel, useWords } from "./context.ts";

const NARROWEST = 280;
const WIDEST = 340;
const STEP = 10;

export default function ListEdge() {
  const { preferences } = useModel();
  const { t } = useWords();
  const width = preferences.listWidth.value;
  const set = (wanted: number): void => {
    preferences.listWidth.value = Math.round(Math.max(NARROWEST, Math.min(WIDEST, wanted)));
  };
  return (
    <div
      class="shell-edge"
      role="separator"
      aria-orientation="vertical"
      aria-label={t("rail.list_width")}
      aria-valuenow={width}
      aria-valuemin={NARROWEST}
      aria-valuemax={WIDEST}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const list = event.currentTarget.previousElementSibling;
        if (list) set(event.clientX - list.getBoundingClientRect().left);
      }}
      onDblClick={() => set(320)}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        set(width + by);
      }}
    />
  );
}
