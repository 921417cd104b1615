// Whether a hand goes first: what a key or a press does is to be seen before anything that comes over the
// connection is worked on, and while somebody types that is done right after a key, not before the next.

/** So long after the last key somebody is still typing. */
const TYPING_MS = 600;
/** So long after the frame of a key there is time: the next seldom comes sooner. */
const TIME_MS = 30;

let pressedAt = -Infinity;
/** When the frame was made that shows it; null until then. */
let shownAt: number | null = 0;

function pressed(): void {
  pressedAt = performance.now();
  if (shownAt === null) return;
  shownAt = null;
  // Right after the frame.
  requestAnimationFrame(() => setTimeout(() => (shownAt = performance.now())));
}

export function watchHand(): void {
  for (const name of ["keydown", "pointerdown"]) addEventListener(name, pressed, { capture: true, passive: true });
}

export function isHandFirst(): boolean {
  if (shownAt === null) return true;
  const now = performance.now();
  return now - pressedAt < TYPING_MS && now - shownAt > TIME_MS;
}
