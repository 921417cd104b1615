// The system's notifications: one for each chat, which a later one replaces. The system decides whether
// it is heard at all: what is shown here keeps to its do-not-disturb, and makes no sound of its own.

import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Machine, Modules, Note } from "./electron.ts";
import type { Notice, Told } from "../shared/messages.ts";
import type { Words } from "./words.ts";

export interface NoticesParts {
  modules: Pick<Modules, "Notification" | "nativeImage">;
  dist: string;
  platform: Machine["platform"];
  words: Words;
  /** Bring the window of this server to the front, and tell its page. */
  tell: (server: string, told: Told, front: boolean) => void;
}

interface Shown {
  note: Note;
  notice: Notice;
}

/** What can be done in each, beside an answer to a message. */
const ACTIONS: Record<Notice["kind"], ("read" | "done" | "snooze")[]> = {
  message: ["read"],
  reminder: ["done", "snooze"],
  export: [],
};

export class Notices {
  readonly #parts: NoticesParts;
  readonly #shown = new Map<string, Shown>();

  constructor(parts: NoticesParts) {
    this.#parts = parts;
  }

  show(server: string, notice: Notice): void {
    const { Notification } = this.#parts.modules;
    const key = `${server} ${notice.tag}`;
    const before = this.#shown.get(key);
    // What came late is not told after what came later.
    if (!Notification.isSupported() || (before !== undefined && notice.seq > 0 && before.notice.seq >= notice.seq)) return;
    before?.note.close();
    const note = this.#made(server, notice);
    this.#shown.set(key, { note, notice });
    const over = (): void => {
      if (this.#shown.get(key)?.note === note) this.#shown.delete(key);
    };
    note.on("close", over);
    note.on("click", over);
    note.show();
  }

  /** What is shown under the tag is over, up to a message. */
  withdraw(server: string, tag: string, seq: number): void {
    const shown = this.#shown.get(`${server} ${tag}`);
    if (shown === undefined || shown.notice.seq > seq) return;
    this.#shown.delete(`${server} ${tag}`);
    shown.note.close();
  }

  /** Nothing of who was signed in there stays. */
  clear(server: string): void {
    for (const [key, { note }] of [...this.#shown]) {
      if (!key.startsWith(`${server} `)) continue;
      this.#shown.delete(key);
      note.close();
    }
  }

  #made(server: string, notice: Notice): Note {
    const { modules, dist, words, tell } = this.#parts;
    const { t } = words;
    const isMessage = notice.kind === "message";
    const actions = ACTIONS[notice.kind];
    const note = new modules.Notification({
      id: `${server}-${notice.tag}`,
      groupId: `${server}-${notice.tag}`,
      title: notice.title,
      body: notice.body,
      silent: notice.silent,
      icon: join(dist, "web", "icon-192.png"),
      hasReply: isMessage,
      replyPlaceholder: t("desktop.reply"),
      actions: actions.map((name) => ({ type: "button", text: t(`desktop.${name}`) })),
    });
    note.on("click", () => tell(server, { kind: "go", place: notice.place }, true));
    note.on("reply", (event, given) => {
      // Newer versions say it in the event, older ones beside it.
      const text = ((event as { reply?: string }).reply ?? given ?? "").trim();
      if (text !== "") tell(server, { kind: "reply", notice, text: text.slice(0, 5000), key: randomUUID() }, false);
    });
    note.on("action", (event, given) => {
      const name = actions[(event as { actionIndex?: number }).actionIndex ?? given];
      if (name === "read") tell(server, { kind: "read", notice }, false);
      else if (name !== undefined) tell(server, { kind: name, notice, key: randomUUID() }, false);
    });
    return note;
  }
}
