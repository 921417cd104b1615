// The tip that is shown; fetched after the first paint, as nothing is pointed at before.

import "./tips.css";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useModel } from "../hooks/context.ts";

const AFTER_MS = 400;
const GAP = 6;

interface Shown {
  text: string;
  combo: string | undefined;
  over: DOMRect;
}

/** The one that shows them; the shell has it, and every dialog. */
export default function TipsHost() {
  const { keys } = useModel();
  const [shown, setShown] = useState<Shown | null>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => listen(setShown), []);
  useLayoutEffect(() => {
    if (shown !== null && box.current !== null) put(box.current, shown.over);
  }, [shown]);
  if (shown === null) return null;
  return (
    <div class="tips" ref={box} popover="manual" aria-hidden="true">
      {shown.text}
      {shown.combo !== undefined && <kbd class="tips-keys">{keys.label(shown.combo)}</kbd>}
    </div>
  );
}

function listen(show: (shown: Shown | null) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  // What comes under a pointer that rests, because something was pressed, is not pointed at.
  let rests = false;
  const moved = (): void => void (rests = false);
  const pressed = (): void => void (rests = true);
  const hide = (): void => {
    clearTimeout(timer);
    show(null);
  };
  const wait = (event: Event): void => {
    hide();
    const element = (event.target as Element | null)?.closest?.("[data-tip]");
    if (!element || (event.type === "focusin" && !element.matches(":focus-visible"))) return;
    if (event instanceof PointerEvent && (event.pointerType === "touch" || rests)) return;
    const { tip: text = "", tipKeys: combo } = (element as HTMLElement).dataset;
    timer = setTimeout(() => {
      if (element.isConnected) show({ text, combo, over: element.getBoundingClientRect() });
    }, AFTER_MS);
  };
  const ends = ["pointerdown", "keydown", "focusout", "scroll"] as const;
  const begins = ["pointerover", "focusin"] as const;
  const presses = ["pointerdown", "keydown"] as const;
  for (const name of begins) document.addEventListener(name, wait);
  for (const name of ends) document.addEventListener(name, hide, true);
  for (const name of presses) document.addEventListener(name, pressed, true);
  document.addEventListener("pointermove", moved, { passive: true });
  return () => {
    clearTimeout(timer);
    document.removeEventListener("pointermove", moved);
    for (const name of presses) document.removeEventListener(name, pressed, true);
    for (const name of begins) document.removeEventListener(name, wait);
    for (const name of ends) document.removeEventListener(name, hide, true);
  };
}

function put(box: HTMLElement, over: DOMRect): void {
  box.showPopover();
  const { width, height } = box.getBoundingClientRect();
  // The rail's go to the right, where nothing is hidden by them.
  const beside = over.right < 72;
  const left = beside ? over.right + GAP : over.left + over.width / 2 - width / 2;
  const below = over.bottom + GAP;
  const fits = below + height < innerHeight;
  const top = beside ? over.top + over.height / 2 - height / 2 : fits ? below : over.top - GAP - height;
  box.style.left = `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
  box.style.top = `${Math.max(GAP, top)}px`;
}
