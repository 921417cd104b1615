// The ways of files to the server in memory: `POST /files`, and tus with an archive's unpacking.

import { Unreachable } from "../lib/errors.ts";
import type { Sent, Transfer } from "../lib/transfer.ts";
import type { File as Stored } from "../models/types.ts";
import type { FakeFiles, Part } from "./files.ts";
import { Refusal } from "./refusal.ts";
import type { FakeServer } from "./server.ts";

export function transferAs(server: FakeServer): Transfer {
  return async (sent) => {
    const { files } = server;
    await Promise.race([files.gate(sent), aborted(sent.signal)]);
    if (sent.signal.aborted) throw sent.signal.reason;
    if (server.down) throw new Unreachable();
    const url = new URL(sent.address, "http://server.test");
    const path = url.pathname.replace("/api/v1", "");
    server.requests.push(`${sent.method} ${path}`);
    const broken = files.breaksAfter;
    try {
      server.checkRefusals(path);
      const chat_id = Number(url.searchParams.get("chat_id"));
      const data = await answer(server, sent, path, chat_id);
      if (broken !== null && files.breaksAfter === null) throw new Unreachable();
      sent.onSent(sent.body instanceof Blob ? sent.body.size : 0);
      if (server.lost > 0) {
        server.lost -= 1;
        throw new Unreachable();
      }
      return data === null ? new Response(null, { status: 204 }) : Response.json({ data }, { status: 201 });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return Response.json({ error: error.body }, { status: error.status });
    }
  };
}

async function answer({ files }: FakeServer, sent: Sent, path: string, chat_id: number): Promise<unknown> {
  const id = path.split("/")[3] ?? "";
  const part = files.parts.get(id);
  if (path === "/files") return [await whole(files, sent, chat_id)];
  if (path === "/uploads/resumable") return { id: announced(files, sent, chat_id) };
  if (part === undefined) throw new Refusal(404, "not_found");
  if (path.endsWith("/unpack")) {
    const made = files.entries.map((name) => files.file(name, part.chat_id, 1));
    return { files: made, refused: files.refused, original: null };
  }
  if (sent.method === "GET") return { id, offset: part.bytes.size, size: part.size };
  if (sent.method === "DELETE") files.parts.delete(id);
  else append(files, id, part, sent);
  return null;
}

async function whole(files: FakeFiles, { body, headers }: Sent, chat_id: number): Promise<Stored> {
  const given = (body as FormData).get("file") as unknown as { name: string; size: number };
  const key = headers["Idempotency-Key"];
  const id = `file-${key}`;
  return files.stored.get(id) ?? files.file(given.name, chat_id, given.size, id);
}

function announced(files: FakeFiles, { headers }: Sent, chat_id: number): string {
  const pairs = new Map((headers["Upload-Metadata"] ?? "").split(",").map((pair) => pair.split(" ") as [string, string]));
  const name = new TextDecoder().decode(Uint8Array.from(atob(pairs.get("filename") ?? ""), (c) => c.charCodeAt(0)));
  const id = files.nextId();
  const size = Number(headers["Upload-Length"]);
  files.parts.set(id, { name, chat_id, size, unpack: pairs.has("unpack"), bytes: new Blob([]) });
  return id;
}

function append(files: FakeFiles, id: string, part: Part, { headers, body }: Sent): void {
  if (Number(headers["Upload-Offset"]) !== part.bytes.size) throw new Refusal(409, "offset_conflict");
  const came = body as Blob;
  const room = files.breaksAfter === null ? Infinity : files.breaksAfter - part.bytes.size;
  if (came.size > room) files.breaksAfter = null;
  part.bytes = new Blob([part.bytes, came.slice(0, Math.min(came.size, room))]);
  if (part.bytes.size === part.size && !part.unpack) files.file(part.name, part.chat_id, part.size, id);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}
