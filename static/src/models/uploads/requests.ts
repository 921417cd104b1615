// The requests by which a file's bytes reach the server: whole, or in parts that go on where they were
// interrupted (tus 1.0). Knows no outbox and no database.

import { BASE, type Http, read } from "../../lib/http.ts";
import type { Sent, Transfer } from "../../lib/transfer.ts";
import type { LocalFile } from "../local-files.ts";
import type { File, Unpacked } from "../types.ts";

const ANSWER_WITHIN_MS = 60_000;
/** The server looks at every entry of an archive; that it is at work it says by a signal. */
const UNPACKED_WITHIN_MS = 15 * 60_000;

interface Asked {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: Blob | FormData | null;
  answerWithinMs?: number;
}

/** Those of one file, until they are given up. */
export class Requests {
  readonly #http: Http;
  readonly #transfer: Transfer;
  readonly #signal: AbortSignal;
  readonly #onSent: (bytes: number) => void;

  constructor(http: Http, transfer: Transfer, signal: AbortSignal, onSent: (bytes: number) => void) {
    this.#http = http;
    this.#transfer = transfer;
    this.#signal = signal;
    this.#onSent = onSent;
  }

  /** In one request: a repeat makes no second file. */
  async whole(chat_id: number, file: LocalFile, blob: Blob): Promise<string> {
    const body = new FormData();
    const about = described(file);
    if (about.length > 0) body.append("meta", JSON.stringify(Object.fromEntries(about)));
    body.append("file", blob, file.name);
    const headers = { "Idempotency-Key": file.id };
    const made = await this.#data<File[]>({ method: "POST", path: `/files?chat_id=${chat_id}`, headers, body });
    return (made[0] as File).id;
  }

  /** Announce one that comes in parts; the result is its name, and that of the file it becomes. */
  async announce(chat_id: number, file: LocalFile): Promise<string> {
    const about = described(file).map(([key, value]): [string, string] => [key, String(value)]);
    const pairs = [["filename", file.name] as [string, string], ...about].map(
      ([key, value]) => `${key} ${base64(value)}`,
    );
    const metadata = [...pairs, ...(file.unpack ? ["unpack"] : [])].join(",");
    const headers = { ...TUS, "Upload-Length": String(file.size), "Upload-Metadata": metadata };
    const path = `/uploads/resumable?chat_id=${chat_id}`;
    return (await this.#data<{ id: string }>({ method: "POST", path, headers })).id;
  }

  /** How many of its bytes have arrived. */
  async offset(id: string): Promise<number> {
    const path = `/uploads/resumable/${id}`;
    return (await this.#data<{ offset: number }>({ method: "GET", path, headers: TUS })).offset;
  }

  /** Send some of its bytes, from an offset on. */
  async append(id: string, offset: number, part: Blob): Promise<void> {
    const headers = { ...TUS, "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
    const path = `/uploads/resumable/${id}`;
    await this.#send({ method: "PATCH", path, headers, body: part }, (bytes) => this.#onSent(offset + bytes));
  }

  /** Make files of an archive that has arrived; a repeat is answered with the same. */
  unpack(id: string): Promise<Unpacked> {
    const path = `/uploads/resumable/${id}/unpack`;
    return this.#data<Unpacked>({ method: "POST", path, answerWithinMs: UNPACKED_WITHIN_MS });
  }

  /** Have what has arrived of it forgotten. */
  async end(id: string): Promise<void> {
    await this.#send({ method: "DELETE", path: `/uploads/resumable/${id}`, headers: TUS });
  }

  async #data<T>(asked: Asked): Promise<T> {
    const response = await this.#send(asked);
    return (await read<{ data: T }>(response)).data;
  }

  #send(asked: Asked, onSent = this.#onSent): Promise<Response> {
    const { method, path, headers = {}, body = null, answerWithinMs = ANSWER_WITHIN_MS } = asked;
    return this.#http.withToken(async (token) => {
      const sent: Sent = {
        method,
        address: BASE + path,
        headers: { ...headers, Authorization: `Bearer ${token}` },
        body,
        onSent: body === null ? () => {} : onSent,
        signal: this.#signal,
        answerWithinMs,
      };
      const response = await this.#transfer(sent);
      // It has the refusal's words; and nothing, where it went well.
      if (!response.ok) await read(response);
      return response;
    });
  }
}

const TUS = { "Tus-Resumable": "1.0.0" };

/** What the server is told of a file besides its bytes and its name. */
function described({ shown_as, duration_ms, waveform }: LocalFile): [string, unknown][] {
  const known = Object.entries({ shown_as, duration_ms, waveform });
  return known.filter(([, value]) => value !== null && value !== undefined);
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
