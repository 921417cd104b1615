// What a push says, read so that neither a field more nor one less breaks anything. Pure.

export interface Told {
  kind: string;
  title: string;
  body: string;
  lang: string;
  /** What is shown under one tag takes the place of what was shown under it. */
  tag: string;
  silent: boolean;
  /** Where a click leads: an address without the server's name. */
  place: string;
  /** Of a test: what the server is answered with. */
  id: string | null;
  chat_id: number | null;
  seq: number | null;
  task_id: number | null;
  cause: string | null;
  face: string | null;
  badge: number | null;
  /** Nothing is to be shown: what is under the tag, up to `seq`, is over. */
  gone: boolean;
}

/** What stays with a notification, for the click, and for whoever tells of the same thing. */
export interface Kept {
  kind?: string;
  place?: string;
  seq?: number;
  chat_id?: number | null;
  task_id?: number | null;
  direct?: boolean;
  /** Of what is done in the notification: twice is once. */
  key?: string;
}

type Fields = Record<string, unknown>;

export function toldBy(payload: unknown, origin: string): Told {
  const push = fieldsOf(payload);
  const shown = fieldsOf(push["notification"]);
  const read_seq = number(push["read_seq"]);
  const gone = push["gone"] === true;
  const seq = number(push["seq"]);
  const tag = text(shown["tag"]) || text(push["tag"]);
  return {
    kind: text(push["kind"]) || "message",
    title: text(shown["title"]),
    body: text(shown["body"]),
    lang: text(shown["lang"]),
    tag: tag || "messenger",
    silent: shown["silent"] === true,
    place: placeOf(shown["navigate"], origin),
    id: text(push["id"]) || null,
    chat_id: number(push["chat_id"]),
    seq: gone && seq !== null ? Math.max(seq, read_seq ?? 0) : seq,
    task_id: number(push["task_id"]),
    cause: text(push["cause"]) || null,
    face: pathOf(push["avatar_url"], origin),
    badge: number(push["app_badge"]),
    gone,
  };
}

/** Whether what is shown is of the same thing, told by a tab or an earlier push; or of a later one. */
export function isTold(shown: Kept, told: Told): "same" | "later" | null {
  if (shown.kind === "reminder" && told.kind === "reminder") return "same";
  // A reminder has its number from another log: the two say nothing of one another.
  if ([shown.kind, told.kind].includes("reminder") || told.seq === null || shown.seq === undefined) return null;
  if (shown.seq === told.seq) return "same";
  return shown.seq > told.seq ? "later" : null;
}

/** Whether a notification is over, when what is up to this message is gone or read. */
export function isOver(shown: Kept, { seq }: Told): boolean {
  return seq === null || (shown.seq ?? 0) <= seq;
}

export function keptOf({ kind, place, seq, chat_id, task_id, cause }: Told, key: string): Kept {
  return { kind, place, seq: seq ?? 0, chat_id, task_id, direct: cause === "direct", key };
}

/** Whether it is of a message: it can be read, and answered. */
export function isMessage({ kind, chat_id, seq }: Kept): boolean {
  return kind === "message" && typeof chat_id === "number" && (seq ?? 0) > 0;
}

export type PushAction = "reply" | "read" | "done" | "snooze";

/** What can be done in a notification, without a page. */
export function actionsOf(kept: Kept): PushAction[] {
  if (isMessage(kept)) return ["reply", "read"];
  if (typeof kept.task_id !== "number") return [];
  if (kept.kind === "task") return ["done"];
  return kept.kind === "reminder" ? ["done", "snooze"] : [];
}

/** The server may know itself under another name than this device does: only the rest counts. */
function placeOf(address: unknown, origin: string): string {
  try {
    const { pathname, search, hash } = new URL(text(address) || "/", origin);
    return pathname + search + hash;
  } catch {
    return "/";
  }
}

function pathOf(address: unknown, origin: string): string | null {
  return text(address) === "" ? null : placeOf(address, origin);
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
