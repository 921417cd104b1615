// A picture of this device where it waits, and then where it is stored: the same element is moved there.
// Another one would have to load it, and blink.

import { useLayoutEffect, useRef } from "preact/hooks";

/** So long an element that is nowhere may still be wanted. */
const LINGERS_MS = 1000;

const made = new Map<string, HTMLImageElement>();

export function LocalImage({ url, onFail }: { url: string; onFail: () => void }) {
  const host = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const { current } = host;
    if (current === null) return undefined;
    const image = put(url, current);
    image.addEventListener("error", onFail);
    return () => {
      image.removeEventListener("error", onFail);
      setTimeout(() => forget(url, image), LINGERS_MS);
    };
  }, [url]);
  return <span ref={host} class="picture-local" />;
}

function put(url: string, host: HTMLElement): HTMLImageElement {
  const image = made.get(url) ?? make(url);
  const from = image.parentElement;
  made.set(url, image);
  host.replaceChildren(image);
  // The message is shown at another place too, and goes on being shown there.
  if (from !== null) setTimeout(() => from.isConnected && from.childElementCount === 0 && from.append(make(url)));
  return image;
}

function make(url: string): HTMLImageElement {
  const image = new Image();
  image.className = "picture-image picture-still";
  image.alt = "";
  image.draggable = false;
  image.src = url;
  return image;
}

function forget(url: string, image: HTMLImageElement): void {
  if (!image.isConnected && made.get(url) === image) made.delete(url);
}
