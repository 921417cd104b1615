// A finger on the button that records: it speaks while it holds; to the left gives up, upwards lets go.

import { type ReadonlySignal, signal } from "@preact/signals";

/** `held` by a finger, `free` of it; let go of, it is `sent`; drawn away, it is `given up`. */
export type Hand = "held" | "free" | "sent" | "given up";

/** CSS pixels. */
export const AWAY = 110;
const UP = 70;
/** Milliseconds: whoever lets go sooner has pressed a button, not held it. */
const PRESS_MS = 600;

export class Hold {
  readonly #hand = signal<Hand>("held");
  readonly #away = signal(0);
  readonly #ends = new AbortController();
  readonly hand: ReadonlySignal<Hand> = this.#hand;
  /** How far it is drawn to the left, of `AWAY`. */
  readonly away: ReadonlySignal<number> = this.#away;

  constructor({ pointerId, clientX, clientY, timeStamp }: PointerEvent) {
    const mine = (hears: (event: PointerEvent) => void) => (event: PointerEvent) =>
      event.pointerId === pointerId ? hears(event) : undefined;
    const { signal } = this.#ends;
    // Of the window: the finger leaves the button.
    addEventListener("pointermove", mine((event) => this.#moved(event.clientX - clientX, event.clientY - clientY)), { signal });
    addEventListener("pointerup", mine((event) => this.end(event.timeStamp - timeStamp < PRESS_MS ? "free" : "sent")), { signal });
    // The browser asks for the microphone, or somebody calls: what is said goes on.
    addEventListener("pointercancel", mine(() => this.end("free")), { signal });
  }

  end(how: Hand): void {
    if (this.#hand.peek() !== "held") return;
    this.#ends.abort();
    this.#away.value = 0;
    this.#hand.value = how;
  }

  #moved(right: number, down: number): void {
    this.#away.value = Math.min(AWAY, Math.max(0, -right));
    if (-right >= AWAY) this.end("given up");
    else if (-down >= UP && -right < AWAY / 2) this.end("free");
  }
}
