// One request whose body is large: how much of it has gone is told, it can be given up, and one that
// stands still is. `fetch` says nothing of what it sends; XMLHttpRequest does, in every browser.

import { Unreachable } from "./errors.ts";

export interface Sent {
  method: string;
  /** From the origin on. */
  address: string;
  headers: Record<string, string>;
  body: Blob | FormData | null;
  /** Hears how many bytes have gone. */
  onSent: (bytes: number) => void;
  signal: AbortSignal;
  /** The answer may take so long once everything has gone. */
  answerWithinMs: number;
}

/** Raises Unreachable when there is no answer, and the signal's reason when it is given up. */
export type Transfer = (sent: Sent) => Promise<Response>;

/** Nothing has gone for so long: the line is dead, though nobody has said so. */
const STANDS_STILL_MS = 45_000;

export const transfer: Transfer = (sent) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const within = (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), ms);
    };
    const giveUp = (): void => request.abort();
    request.upload.onprogress = ({ loaded }) => {
      within(STANDS_STILL_MS);
      sent.onSent(loaded);
    };
    request.upload.onload = () => within(sent.answerWithinMs);
    request.onload = () => resolve(answerOf(request));
    request.onerror = () => reject(new Unreachable());
    request.onabort = () => reject(sent.signal.aborted ? sent.signal.reason : new Unreachable());
    request.onloadend = () => {
      clearTimeout(timer);
      sent.signal.removeEventListener("abort", giveUp);
    };
    request.open(sent.method, sent.address);
    for (const [name, value] of Object.entries(sent.headers)) request.setRequestHeader(name, value);
    sent.signal.addEventListener("abort", giveUp);
    within(sent.body === null ? sent.answerWithinMs : STANDS_STILL_MS);
    request.send(sent.body);
    if (sent.signal.aborted) giveUp();
  });

function answerOf(request: XMLHttpRequest): Response {
  const { status, statusText, responseText } = request;
  const headers = new Headers();
  const id = request.getResponseHeader("X-Request-Id");
  if (id !== null) headers.set("X-Request-Id", id);
  // These have no body, and a Response insists on that.
  const bare = status === 204 || status === 205 || status === 304;
  return new Response(bare ? null : responseText, { status, statusText, headers });
}
