// Where a name is cut, the browser takes whole letters away: what is left of the last one's room is a hole behind
// the "…". The end of the name moves up to it.

import { cutWidth } from "./name.ts";

let pen: CanvasRenderingContext2D | null = null;
let watch: ResizeObserver | null = null;

/** As wide as this one is by now, and ever after; the result ends it. */
export function closeUp(head: HTMLElement): () => void {
  watch ??= new ResizeObserver((entries) => {
    // All are measured before any is moved.
    const holes = entries.map(({ target }) => [target as HTMLElement, holeIn(target as HTMLElement)] as const);
    for (const [each, hole] of holes) move(each, hole);
  });
  watch.observe(head);
  return () => watch?.unobserve(head);
}

function move(head: HTMLElement, hole: number): void {
  const tail = head.nextElementSibling as HTMLElement | null;
  if (tail !== null) tail.style.translate = hole === 0 ? "" : `${hole}px`;
}

/** Pixels to the right; less than none where the text runs to the right. */
function holeIn(head: HTMLElement): number {
  const room = head.getBoundingClientRect().width;
  if (head.scrollWidth <= head.clientWidth) return 0;
  const { font, direction } = getComputedStyle(head);
  pen ??= document.createElement("canvas").getContext("2d");
  if (pen === null) return 0;
  pen.font = font;
  const measured = (text: string): number => pen?.measureText(text).width ?? 0;
  const hole = room - cutWidth(head.textContent ?? "", room, measured);
  return direction === "rtl" ? hole : -hole;
}
