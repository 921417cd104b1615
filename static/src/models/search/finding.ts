// Answers a question from what is held on this device: the index says which messages to look at, and what they
// say now decides. The latest come first. Runs in a worker; a test runs it as it is.

import type { IDBPDatabase } from "idb";
import { candidates } from "../../lib/search/candidates.ts";
import { fits, isNothing, snippetOf, type Words } from "../../lib/search/matching.ts";
import { tokensOf } from "../../lib/search/words.ts";
import { ofChat, type Schema } from "../database.ts";
import type { Message, Task } from "../types.ts";
import { EMPTY, type Hit, type LocalFound, type Wanted } from "./hits.ts";
import { passes, passesTask } from "./filters.ts";
import { fileText, type Units } from "./units.ts";

type Database = IDBPDatabase<Schema>;

interface Spot {
  chat_id: number;
  seq: number;
  at: number;
}

/** Messages that are looked at in one go, and at the most for one answer. */
const AT_ONCE = 64;
const LOOKED_AT = 640;
const NEIGHBOUR = 200;

export class Finding {
  readonly #database: Database;
  readonly #units: Units;

  constructor(database: Database, units: Units) {
    this.#database = database;
    this.#units = units;
  }

  async find(wanted: Wanted, limit: number): Promise<LocalFound> {
    const tasks = ofTasks(wanted) ? await this.#tasks(wanted, limit) : { hits: [], more: false };
    const messages = ofMessages(wanted) ? await this.#messages(wanted, limit) : { hits: [], more: false };
    const whole = this.#units.whole && !tasks.more && !messages.more;
    return { hits: [...tasks.hits, ...messages.hits], whole };
  }

  async #tasks(wanted: Wanted, limit: number): Promise<{ hits: Hit[]; more: boolean }> {
    const rows = await this.#database.getAll("tasks");
    const found = rows.filter((task) => passesTask(task, wanted) && fits(tokensOf(taskText(task), true), wanted.words));
    found.sort((one, other) => (one.updated_at < other.updated_at ? 1 : -1));
    return { hits: found.slice(0, limit).map((task) => taskHit(task, wanted.words)), more: found.length > limit };
  }

  async #messages(wanted: Wanted, limit: number): Promise<{ hits: Hit[]; more: boolean }> {
    const spots = this.#spots(wanted);
    const hits: Hit[] = [];
    const seen = new Set<string>();
    let at = 0;
    for (; at < spots.length && at < LOOKED_AT && hits.length < limit; at += AT_ONCE) {
      const some = spots.slice(at, at + AT_ONCE);
      const tx = this.#database.transaction("messages");
      const rows = await Promise.all(some.map(({ chat_id, seq }) => tx.store.get([chat_id, seq])));
      for (const row of rows) {
        if (row === undefined || hits.length >= limit) continue;
        for (const hit of hitsOf(row, wanted)) {
          if (!seen.has(hit.key)) hits.push(hit);
          seen.add(hit.key);
        }
      }
    }
    await Promise.all(hits.map((hit) => this.#surround(hit)));
    return { hits, more: at < spots.length };
  }

  /** Where it may stand, the latest first. */
  #spots({ words, chats, not_chats, since, until }: Wanted): Spot[] {
    const found: Spot[] = [];
    for (const chat_id of chats ?? this.#units.chats) {
      if (not_chats.includes(chat_id)) continue;
      for (const segment of this.#units.segmentsOf(chat_id)) {
        for (const place of candidates(segment, words) ?? segment.ids.keys()) {
          const [seq = 0, at = 0] = [segment.ids[place], segment.ats[place]];
          if (at >= since && at < until) found.push({ chat_id, seq, at });
        }
      }
    }
    return found.sort((one, other) => other.at - one.at);
  }

  /** The message before and the one after, where they are held. */
  async #surround(hit: Hit): Promise<void> {
    const { chat_id, seq } = hit;
    if (chat_id === null || seq === null || hit.kind === "file") return;
    const store = this.#database.transaction("messages").store;
    const [before, after] = await Promise.all([
      store.openCursor(IDBKeyRange.bound([chat_id, -Infinity], [chat_id, seq], false, true), "prev"),
      store.openCursor(ofChat(chat_id, seq + 0.5)),
    ]);
    hit.before = neighbour(before?.value);
    hit.after = neighbour(after?.value);
  }
}

function neighbour(message: Message | undefined): Hit["before"] {
  if (message === undefined || message.deleted_at !== null) return null;
  const { seq, sender_id, text, created_at } = message;
  return { seq, sender_id, text: text.slice(0, NEIGHBOUR), created_at };
}

function ofTasks({ kind, words, has, is, labels, due, chats }: Wanted): boolean {
  if (kind !== null && kind !== "task") return false;
  if (kind === null && is.includes("pinned")) return false;
  const filtered = is.length + has.length + labels.length > 0 || due !== null || chats !== null;
  return !isNothing(words) || filtered || kind === "task";
}

function ofMessages({ kind, is, labels, due }: Wanted): boolean {
  if (labels.length > 0 || due !== null || is.some((what) => ["task", "open", "done"].includes(what))) return false;
  return kind === null || kind === "message" || kind === "comment" || kind === "file";
}

/** What a message is found as: itself, a comment of a task, each of its files. */
function hitsOf(message: Message, wanted: Wanted): Hit[] {
  if (!passes(message, wanted)) return [];
  const { words, kind } = wanted;
  const { chat_id, seq, sender_id, created_at: at, task_id } = message;
  const hits: Hit[] = [];
  const own = task_id === null ? "message" : "comment";
  if ((kind === null || kind === own) && fits(tokensOf(message.text, true), words)) {
    const text = snippetOf(message.text, words);
    hits.push({ ...EMPTY, key: `message:${chat_id}:${seq}`, kind: own, at, chat_id, seq, sender_id, task_id, text });
  }
  if (isNothing(words) ? kind !== "file" : kind !== null && kind !== "file") return hits;
  for (const file of message.files) {
    if (!fits(tokensOf(fileText(file), true), words)) continue;
    const title = snippetOf(file.name, words);
    hits.push({ ...EMPTY, key: `file:${file.id}`, kind: "file", at, chat_id, seq, sender_id, task_id, file, title });
  }
  return hits;
}

function taskHit(task: Task, words: Words): Hit {
  const title = snippetOf(task.title, words);
  const more = [task.description, ...task.checklist.map((item) => item.text)].map((text) => snippetOf(text, words));
  const text = more.find(({ ranges }) => ranges.length > 0) ?? null;
  const { id, chat_id, creator, created_at: at } = task;
  return { ...EMPTY, key: `task:${id}`, kind: "task", at, chat_id, task_id: id, sender_id: creator, task, title, text };
}

function taskText({ number, title, description, labels, checklist }: Task): string {
  return [`#${number}`, title, description, ...labels, ...checklist.map(({ text }) => text)].join("\n");
}
