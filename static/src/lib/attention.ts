// Whether somebody looks at the window: it is in sight, and has the focus or was just touched. A window
// beside the one that is worked in is seen by nobody until a hand comes to it.

/** A hand that was here so shortly ago is still here. */
const HERE_MS = 60_000;
const HANDS = ["pointermove", "pointerdown", "wheel", "touchmove", "keydown"] as const;

let touched = -Infinity;

export function isLookedAt(): boolean {
  if (document.visibilityState !== "visible") return false;
  return document.hasFocus() || performance.now() - touched < HERE_MS;
}

/** Call it when somebody may have come to the window, or left; the result ends that. */
export function onAttention(changed: () => void): () => void {
  let looked = isLookedAt();
  const look = (): void => {
    const now = isLookedAt();
    if (now !== looked) changed();
    looked = now;
  };
  const hand = (): void => {
    touched = performance.now();
    look();
  };
  document.addEventListener("visibilitychange", look);
  for (const name of ["focus", "blur"]) window.addEventListener(name, look);
  for (const name of HANDS) window.addEventListener(name, hand, { passive: true, capture: true });
  return () => {
    document.removeEventListener("visibilitychange", look);
    for (const name of ["focus", "blur"]) window.removeEventListener(name, look);
    for (const name of HANDS) window.removeEventListener(name, hand, { capture: true });
  };
}
