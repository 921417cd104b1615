// Pictures that were chosen, made ready beside the page: `of(file)` begins at once, in turn.

import type { Answer, Asked } from "./worker.ts";
import type { Size } from "./reducing.ts";

/** A picture to look at, with its size upright. */
export interface Seen {
  size: Size;
  small: Blob;
}

/** As it is sent as a photo: reduced, or the same without what the camera wrote beside it. */
export interface Photo {
  photo: Blob;
  size: Size;
}

/** Both are null of what is no picture that this browser knows. */
export interface Picture {
  seen: Promise<Seen | null>;
  made: Promise<Photo | null>;
}

interface Waiting {
  seen: (seen: Seen | null) => void;
  made: (photo: Photo | null) => void;
}

/** So long without work, and the worker's memory is given back. */
const IDLE_MS = 20_000;

export class Pictures {
  #worker: Worker | null = null;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;

  of(file: Blob): Picture {
    const [seen, made] = [Promise.withResolvers<Seen | null>(), Promise.withResolvers<Photo | null>()];
    const id = ++this.#last;
    this.#waiting.set(id, { seen: seen.resolve, made: made.resolve });
    clearTimeout(this.#idle);
    this.#worker ??= this.#begin();
    this.#worker.postMessage({ id, file } satisfies Asked);
    return { seen: seen.promise, made: made.promise };
  }

  #begin(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#answered(data);
    worker.onerror = (event) => {
      // It could not be fetched, or ran out of memory: what waits goes as it is.
      event.preventDefault();
      this.#end();
      for (const id of [...this.#waiting.keys()]) this.#answered({ id, kind: "failed" });
    };
    return worker;
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    if (answer.kind === "seen") return waiting?.seen(answer);
    this.#waiting.delete(answer.id);
    waiting?.seen(null);
    waiting?.made(answer.kind === "made" ? answer : null);
    if (this.#waiting.size === 0) this.#idle = setTimeout(() => this.#end(), IDLE_MS);
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }
}
