// Whether an element has come near what is seen: what it needs of the network is asked for then.

import { useLayoutEffect, useState } from "preact/hooks";

/** About two screens of a phone. */
const MARGIN = "1600px 0px";

const waiting = new WeakMap<Element, () => void>();
let observer: IntersectionObserver | null = null;

function watch(element: Element, come: () => void): () => void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) waiting.get(target)?.();
    },
    { rootMargin: MARGIN },
  );
  waiting.set(element, come);
  observer.observe(element);
  return () => observer?.unobserve(element);
}

/** False until it has been near; then true for good. */
export function useNear(box: { current: Element | null }): boolean {
  const [near, setNear] = useState(false);
  useLayoutEffect(() => {
    if (near || box.current === null) return undefined;
    return watch(box.current, () => setNear(true));
  }, [near, box]);
  return near;
}
