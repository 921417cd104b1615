// Work for later: when the page has been shown and nobody waits for anything.

const LATEST_MS = 3000;
/** Where a browser does not say when it is idle. */
const GUESSED_MS = 500;

/** Something has been painted; a page in the background never is, and waits no longer than the rest. */
export const painted = new Promise<unknown>((resolve) => {
  setTimeout(resolve, LATEST_MS);
  if (!PerformanceObserver.supportedEntryTypes.includes("paint")) return;
  const seen = new PerformanceObserver((list) => list.getEntriesByName("first-contentful-paint").forEach(resolve));
  seen.observe({ type: "paint", buffered: true });
});

/** Run once when there is time; the result gives it up. */
export function whenIdle(run: () => void): () => void {
  let giveUp = (): void => {};
  let left = false;
  void painted.then(() => {
    if (!left) giveUp = whenThereIsTime(run);
  });
  return () => {
    left = true;
    giveUp();
  };
}

function whenThereIsTime(run: () => void): () => void {
  if (!("requestIdleCallback" in globalThis)) {
    const timer = setTimeout(run, GUESSED_MS);
    return () => clearTimeout(timer);
  }
  const asked = requestIdleCallback(run, { timeout: LATEST_MS });
  return () => cancelIdleCallback(asked);
}

/** For `fetchLater`, of what somebody may want any moment. */
export function atOnce(run: () => void): () => void {
  run();
  return () => {};
}

/** Fetch what nobody waits for, when there is time, and begin with it; the result ends that.
 *
 * Where it cannot be fetched, it is tried again with the next connection. */
export function fetchLater<Module>(
  load: () => Promise<Module>,
  begin: (module: Module) => (() => void) | void,
  when: (run: () => void) => () => void = whenIdle,
): () => void {
  let left = false;
  let end: (() => void) | void;
  const fetched = (module: Module): void => {
    if (!left) end = begin(module);
  };
  const failed = (): void => {
    if (!left) addEventListener("online", fetch, { once: true });
  };
  const fetch = (): void => void load().then(fetched, failed);
  const giveUp = when(fetch);
  return () => {
    left = true;
    giveUp();
    removeEventListener("online", fetch);
    end?.();
  };
}

const waiting = new Set<() => void>();

/** Run in a task of its own, when its turn comes: hands and frames go between, and so does all that is
 * drawn by each before the next begins. The result gives it up. */
export function inTurn(run: () => void): () => void {
  if (waiting.size === 0) setTimeout(next);
  waiting.add(run);
  return () => void waiting.delete(run);
}

function next(): void {
  const [run] = waiting;
  if (run === undefined) return;
  // Before it runs: who is drawn by it may ask for another turn.
  waiting.delete(run);
  if (waiting.size > 0) setTimeout(next);
  run();
}
