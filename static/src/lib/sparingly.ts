// What another process has to be told of: no more often than anybody looks at it.

/**
 * Gives a function that runs its argument soon, but not sooner than `everyMs` after what it ran last;
 * its result gives it up.
 */
export function sparingly(everyMs: number): (run: () => void) => () => void {
  let last = -Infinity;
  return (run) => {
    const act = (): void => {
      last = performance.now();
      run();
    };
    const timer = setTimeout(act, Math.max(0, last + everyMs - performance.now()));
    return () => clearTimeout(timer);
  };
}
