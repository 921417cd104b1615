// So that what is being said is not lost: the screen stays on, a tab that is closed asks first, and one
// that is put away has it on the device.

import type { Recording } from "./voice-recording.ts";

/** Until the result is called. */
export function guard(recording: Recording): () => void {
  const ends = new AbortController();
  let lock: WakeLockSentinel | null = null;
  const stayOn = async (): Promise<void> => {
    // Refused on a low battery, and not to be had everywhere: then the screen goes off as ever.
    const taken = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
    if (ends.signal.aborted) void taken?.release();
    else lock = taken;
  };
  const asks = (event: BeforeUnloadEvent): void => event.preventDefault();
  const turns = (): void => {
    if (document.visibilityState === "hidden") return void recording.save();
    recording.unsave();
    void stayOn();
  };
  addEventListener("beforeunload", asks, { signal: ends.signal });
  document.addEventListener("visibilitychange", turns, { signal: ends.signal });
  void stayOn();
  return () => {
    ends.abort();
    void lock?.release();
  };
}
