// Keeps what one looks at where it is while messages come, go and grow around it; or keeps to the end,
// when that is where one is. The browser's own anchoring is off: not every engine has it.

import { type ReadonlySignal, signal } from "@preact/signals";

/** So near to the end counts as there. */
const NEAR = 48;

interface Anchor {
  seq: string;
  top: number;
}

export class Scroll {
  readonly #stuck = signal(true);
  /** Whether the end is shown and followed. */
  readonly stuck: ReadonlySignal<boolean> = this.#stuck;
  /** Whether what is last in the document is the last there is. */
  whole: () => boolean = () => true;
  #box: HTMLElement | null = null;
  #anchor: Anchor | null = null;

  attach(box: HTMLElement, content: HTMLElement): () => void {
    this.#box = box;
    const observer = new ResizeObserver(() => this.keep());
    observer.observe(box);
    observer.observe(content);
    return () => {
      observer.disconnect();
      this.#box = null;
    };
  }

  /** Remember what is at the top of the view. */
  note(): void {
    const box = this.#box;
    if (box === null) return;
    const edge = box.getBoundingClientRect().top;
    const post = firstBelow(posts(box), edge);
    const seq = post?.dataset["seq"];
    if (post === undefined || seq === undefined) this.#anchor = null;
    else this.#anchor = { seq, top: post.getBoundingClientRect().top - edge };
  }

  /** The person has scrolled. */
  moved(): void {
    const box = this.#box;
    if (box === null) return;
    this.#stuck.value = this.whole() && distance(box) < NEAR;
    this.note();
  }

  /** Put what was noted back to where it was, or stay at the end. */
  keep(): void {
    const box = this.#box;
    if (box === null) return;
    if (this.#stuck.peek()) {
      box.scrollTop = box.scrollHeight;
    } else if (this.#anchor !== null) {
      const post = this.find(this.#anchor.seq);
      if (post === null) return;
      const moved = post.getBoundingClientRect().top - box.getBoundingClientRect().top - this.#anchor.top;
      if (Math.abs(moved) >= 1) box.scrollTop += moved;
    }
  }

  end(): void {
    this.#stuck.value = true;
    this.keep();
  }

  /** Bring a message into view; false when it is not in the document. */
  reveal(seq: number, share: number): boolean {
    const box = this.#box;
    const post = this.find(String(seq));
    if (box === null || post === null) return false;
    const top = post.getBoundingClientRect().top - box.getBoundingClientRect().top;
    box.scrollTop += top - box.clientHeight * share;
    this.moved();
    return true;
  }

  find(seq: string): HTMLElement | null {
    return this.#box?.querySelector<HTMLElement>(`[data-seq="${seq}"]`) ?? null;
  }

  /** How many views of it lie hidden above and below. */
  get room(): { above: number; below: number } {
    const box = this.#box;
    if (box === null || box.clientHeight === 0) return { above: Infinity, below: Infinity };
    return { above: box.scrollTop / box.clientHeight, below: distance(box) / box.clientHeight };
  }

  /** The last message of which at least the beginning is in view. */
  lastSeen(): number | null {
    const box = this.#box;
    if (box === null) return null;
    const all = posts(box);
    const below = firstBelow(all, box.getBoundingClientRect().bottom - NEAR / 2, "top");
    const post = below === undefined ? all.at(-1) : all[all.indexOf(below) - 1];
    return post === undefined ? null : Number(post.dataset["seq"]);
  }
}

function posts(box: HTMLElement): HTMLElement[] {
  return [...box.querySelectorAll<HTMLElement>("[data-seq]")];
}

/** They stand in order, so a few looks are enough. */
function firstBelow(
  all: HTMLElement[],
  line: number,
  edge: "top" | "bottom" = "bottom",
): HTMLElement | undefined {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all[middle]?.getBoundingClientRect()[edge] ?? Infinity) <= line) low = middle + 1;
    else high = middle;
  }
  return all[low];
}

function distance(box: HTMLElement): number {
  return box.scrollHeight - box.scrollTop - box.clientHeight;
}
