// Every message between a page and the main process: its channel and its shape. The preload sends
// these and no others; the main process checks each again.

import { type Check, fields, flag, matching, nothing, oneOf, orNull, text, whole } from "./shapes.ts";

/** A place of the client: a path of its own, never another site. */
export const place = matching(/^\/(?![/\\])[^\\\p{C}]*$/u);
const uuid = matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const tag = matching(/^(chat|task)-\d{1,16}$/);

/** What the client's page says, without an answer. */
export const SAID = {
  /** How it stands: for the tray, the badge, the spelling. */
  "client:state": fields({
    unread: whole(),
    link: oneOf("live", "connecting", "syncing", "offline"),
    locale: oneOf("ru", "en"),
    person: orNull(text(200)),
    organisation: text(200),
  }),
  "client:notify": fields({
    tag,
    title: text(300),
    body: text(6000),
    place,
    seq: whole(),
    silent: flag,
    kind: oneOf("message", "reminder", "export"),
    chat_id: orNull(whole()),
    task_id: orNull(whole()),
    direct: flag,
  }),
  /** What is shown under the tag, up to this message, is over. */
  "client:withdraw": fields({ tag, seq: whole() }),
  /** A file is about to be dragged out: it is fetched ahead. */
  "client:fetch": fields({ id: uuid, name: text(255) }),
  "client:drag": fields({ id: uuid, name: text(255) }),
  /** Signed out: nothing of who was here stays in notifications and badges. */
  "client:left": nothing,
} satisfies Record<string, Check<unknown>>;

/** What it asks. */
export const ASKED = {
  /** That it runs; answered with what it has to know. */
  "client:started": nothing,
} satisfies Record<string, Check<unknown>>;

const number = matching(/^\d{1,4}$/);

/** What the pages of the shell itself ask: first run, diagnostics, finding, proxy, certificates. */
export const PAGES_ASK = {
  "page:begin": nothing,
  "page:try": fields({ address: text(2048) }),
  "page:add": fields({ address: text(2048) }),
  "page:show": fields({ id: number }),
  "page:remove": fields({ id: number }),
  "page:proxy": fields({ rules: text(500) }),
  "page:diagnose": nothing,
  "page:copy": fields({ text: text(100_000) }),
  "page:find": fields({ text: text(500), forward: flag, next: flag }),
  "page:answer": fields({ name: text(200), password: text(500) }),
  "page:choose": fields({ index: whole(1000) }),
  "page:close": nothing,
} satisfies Record<string, Check<unknown>>;

type Of<S> = { [name in keyof S]: S[name] extends Check<infer T> ? T : never };
export type Said = Of<typeof SAID>;
export type Asked = Of<typeof ASKED>;
export type PagesAsk = Of<typeof PAGES_ASK>;
export type Notice = Said["client:notify"];
export type State = Said["client:state"];

/** What the main process tells the client's page. */
export type Told =
  | { kind: "go"; place: string }
  /** The machine has slept, or the network is another one. */
  | { kind: "wake" }
  | { kind: "reply"; notice: Notice; text: string; key: string }
  | { kind: "read"; notice: Notice }
  | { kind: "done" | "snooze"; notice: Notice; key: string };

/** What a page learns when it begins. */
export interface Beginning {
  /** What is to be said at once: that the page before it crashed. */
  notice: string | null;
}

export const TELL = "client:told";
export const TELL_PAGE = "page:told";
