// Keeps what one looks at where it is while messages come, go and grow around it; or keeps to the end,
// when that is where one is. The browser's own anchoring is off: not every engine has it.

import { type ReadonlySignal, signal } from "@preact/signals";

/** So near to the end counts as there. */
const NEAR = 48;
/** Above what is new there is room for its line, below the day that stays at the top. */
const LINE_ROOM = 80;

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
  /** The first message that is not read: it is not pushed out of view by what follows it. */
  unread: () => number | null = () => null;
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
    if (this.#stuck.peek()) this.#follow(box);
    else if (this.#anchor !== null) this.#put(box, this.#anchor);
  }

  /** Go on to the end, but no further than what is unread can be seen. */
  #follow(box: HTMLElement): void {
    const unread = this.unread();
    const post = unread === null ? null : this.find(String(unread));
    const top = post === null ? Infinity : topIn(box, post) + box.scrollTop - LINE_ROOM;
    box.scrollTop = Math.min(box.scrollHeight, Math.max(0, top));
    if (top < Infinity && distance(box) >= NEAR) this.moved();
  }

  #put(box: HTMLElement, anchor: Anchor): boolean {
    const post = this.find(anchor.seq);
    if (post === null) return false;
    const moved = topIn(box, post) - anchor.top;
    if (Math.abs(moved) >= 1) box.scrollTop += moved;
    return true;
  }

  /** Stay here from now on, also when what is below grows. */
  hold(): void {
    this.note();
    this.#stuck.value = false;
  }

  end(): void {
    this.#stuck.value = true;
    this.keep();
  }

  /** Where one stands, to come back to; null at the end. */
  get stand(): { seq: number; top: number } | null {
    const anchor = this.#stuck.peek() ? null : this.#anchor;
    return anchor && { seq: Number(anchor.seq), top: Math.round(anchor.top) };
  }

  /** Stand there again; false when the message is not in the document. */
  restore({ seq, top }: { seq: number; top: number }): boolean {
    if (this.#box === null || !this.#put(this.#box, { seq: String(seq), top })) return false;
    this.moved();
    return true;
  }

  /** Bring a message into view; false when it is not in the document. */
  reveal(seq: number, share: number): boolean {
    const box = this.#box;
    const post = this.find(String(seq));
    if (box === null || post === null) return false;
    box.scrollTop += topIn(box, post) - box.clientHeight * share;
    this.moved();
    return true;
  }

  /** Whether a message begins above the view, or so near to its edge that its line would. */
  isAbove(seq: number): boolean {
    const post = this.find(String(seq));
    return this.#box !== null && post !== null && topIn(this.#box, post) < LINE_ROOM;
  }

  find(seq: string): HTMLElement | null {
    return this.#box?.querySelector<HTMLElement>(`[data-seq="${seq}"]`) ?? null;
  }

  /** Whether the focus is on one of the messages: that one is not to be taken away. */
  hasFocus(): boolean {
    return this.#box?.contains(document.activeElement) === true;
  }

  /** How many views of it lie hidden above and below. */
  get room(): { above: number; below: number } {
    const box = this.#box;
    if (box === null || box.clientHeight === 0) return { above: Infinity, below: Infinity };
    return { above: box.scrollTop / box.clientHeight, below: distance(box) / box.clientHeight };
  }

  /** The first and the last message of which something is in view; of the last at least its beginning. */
  inView(): { first: number; last: number } | null {
    const box = this.#box;
    if (box === null || box.clientHeight === 0) return null;
    const all = posts(box);
    const { top, bottom } = box.getBoundingClientRect();
    const first = firstBelow(all, top);
    const below = firstBelow(all, bottom - NEAR / 2, "top");
    const last = below === undefined ? all.at(-1) : all[all.indexOf(below) - 1];
    return first && last ? { first: seqOf(first), last: seqOf(last) } : null;
  }
}

function seqOf(post: HTMLElement): number {
  return Number(post.dataset["seq"]);
}

function topIn(box: HTMLElement, post: HTMLElement): number {
  return post.getBoundingClientRect().top - box.getBoundingClientRect().top;
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
