// Work for later: when the page has been shown and nobody waits for anything.

const LATEST_MS = 3000;
/** Where a browser does not say when it is idle. */
const GUESSED_MS = 500;

/** Run once when there is time; the result gives it up. */
export function whenIdle(run: () => void): () => void {
  if (!("requestIdleCallback" in globalThis)) {
    const timer = setTimeout(run, GUESSED_MS);
    return () => clearTimeout(timer);
  }
  const asked = requestIdleCallback(run, { timeout: LATEST_MS });
  return () => cancelIdleCallback(asked);
}
