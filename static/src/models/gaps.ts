// Closes gaps: events of a stream that did not come are asked for, once at a time for each stream.

/** Streams, each with the `seq` it stands at. */
export type Cursors = [number, number][];

/** What one `subscribe` may hold. */
const STREAMS_AT_ONCE = 500;

export class Gaps {
  /** Resolves when what was missing of these streams is applied. */
  readonly #ask: (streams: Cursors) => Promise<unknown>;
  readonly #failed: (error: unknown) => void;
  readonly #closing = new Set<number>();

  constructor(ask: (streams: Cursors) => Promise<unknown>, failed: (error: unknown) => void) {
    this.#ask = ask;
    this.#failed = failed;
  }

  /** Ask for what is missing of these streams, from where each stands. */
  async close(gaps: Cursors): Promise<void> {
    const open = gaps.filter(([id]) => !this.#closing.has(id));
    const fresh = open.slice(0, STREAMS_AT_ONCE);
    if (fresh.length === 0) return;
    for (const [id] of fresh) this.#closing.add(id);
    try {
      await this.#ask(fresh);
      await this.close(open.slice(STREAMS_AT_ONCE));
    } catch (error) {
      this.#failed(error);
    } finally {
      for (const [id] of fresh) this.#closing.delete(id);
    }
  }
}
