// Tasks: what is held of them with one's own changes already in it, and all that is done with them.

import { computed, type ReadonlySignal } from "@preact/signals-core";
import { ApiError, Unreachable } from "../lib/errors.ts";
import type { Http } from "../lib/http.ts";
import type { Change } from "./changes.ts";
import { Comments } from "./comments.ts";
import { type Outbox, pick, type Undo, type Write } from "./outbox.ts";
import type { Shown } from "./overlays/messages.ts";
import { type TaskView, withPending } from "./overlays/tasks.ts";
import type { Replica } from "./replica.ts";
import type { ChatRow, Item } from "./rows.ts";
import { Named, RowStore } from "./row-store.ts";
import { TaskNumbers } from "./task-numbers.ts";
import type { ChecklistItem, Due, Task, HistoryEntry } from "./types.ts";
import type { Fields, Kind } from "./writes.ts";
import type { Base } from "./unsaved.ts";

export interface TaskFields {
  title: string;
  description: string;
  assigned_to: number | null;
  due: Due | null;
  labels: string[];
  checklist: ChecklistItem[];
  status: "open" | "done";
  cover_file_id: string | null;
}

export interface NewTask extends Partial<Omit<TaskFields, "status" | "cover_file_id">> {
  title: string;
  chat_id: number;
  column_id?: number;
}

const NO_FILES = { files: [], cover_file_id: null };

export interface TasksParts {
  replica: Replica;
  http: Http;
  outbox: Outbox;
  /** The organisation's common chat: where a task goes that is of no other. */
  row: (chat_id: number) => ChatRow | null;
  /** Whether what stands in a column counts as done. */
  isDone: (column_id: number) => boolean;
  send: (chat_id: number, text: string, extras: { task_id: number }) => void;
}

export class Tasks {
  readonly #parts: TasksParts;
  readonly #stored = new RowStore<Task>();
  readonly #named = new Map<number, number>();
  readonly #asked = new Set<number>();
  /** Shown as they were before all was read anew, until they have come again. */
  readonly #kept = new Set<number>();
  readonly #views: ReadonlySignal<ReadonlyMap<number, TaskView>>;
  readonly #single: Named<number, ReadonlySignal<TaskView | null>>;
  readonly #inChat: Named<number, ReadonlySignal<TaskView[]>>;
  readonly #comments: Comments;
  readonly #numbers: TaskNumbers;
  /** Open tasks of one's own: overdue and soonest due first, then as they were made. */
  readonly mine: ReadonlySignal<TaskView[]>;
  readonly all: ReadonlySignal<TaskView[]>;

  constructor(parts: TasksParts) {
    this.#parts = parts;
    const { replica, outbox } = parts;
    const items = computed(() => outbox.items.value.filter(isOfTasks));
    const view = withPending(replica.own, parts.isDone);
    this.#views = computed(() => view(this.#stored.rows, items.value));
    this.all = computed(() => [...this.#views.value.values()]);
    this.mine = computed(() =>
      this.all.value
        .filter((task) => task.assigned_to === replica.own && task.status === "open")
        .sort(byDue),
    );
    this.#single = new Named((id) => computed(() => this.#views.value.get(this.real(id)) ?? null));
    this.#inChat = new Named((chat_id) =>
      computed(() => this.all.value.filter((task) => task.chat_id === chat_id)),
    );
    this.#comments = new Comments(replica, parts.http, outbox);
    this.#numbers = new TaskNumbers(this.all, parts.http, replica);
    replica.changes.hear((changes) => this.#hear(changes));
  }

  async load(): Promise<void> {
    const rows = await this.#parts.replica.database.getAll("tasks");
    // Those that an older client stored have no files yet.
    this.#stored.fill(rows.map((task) => [task.id, { ...NO_FILES, ...task }]));
  }

  /** One task; fetched when it is not here. */
  of(id: number): ReadonlySignal<TaskView | null> {
    if (id > 0 && this.#stored.peek(id) === null) void this.#fetch(id);
    return this.#single.of(id);
  }

  /** The task that `#17` means; fetched when it is not here. */
  numbered(number: number): ReadonlySignal<TaskView | null> {
    return this.#numbers.of(number);
  }

  inChat(chat_id: number): ReadonlySignal<TaskView[]> {
    return this.#inChat.of(chat_id);
  }

  /** The number that a task made here has by now. */
  real(id: number): number {
    return this.#named.get(id) ?? id;
  }

  async history(id: number): Promise<HistoryEntry[]> {
    const page = await this.#parts.http.page<HistoryEntry>(`/tasks/${this.real(id)}/history`);
    return page.data;
  }

  /** What was said about it, in its chat. */
  comments(id: number): ReadonlySignal<Shown[]> {
    return this.#comments.of(this.real(id));
  }

  canEdit(task: Task): boolean {
    const { own } = this.#parts.replica;
    const role = this.#parts.row(task.chat_id)?.my.role;
    return task.creator === own || role === "owner" || role === "admin";
  }

  /** Whoever has a task may tick it off, and its checklist. */
  canFinish(task: Task): boolean {
    return task.assigned_to === this.#parts.replica.own || this.canEdit(task);
  }

  // Writing

  /** Make a task; the result is its number until the server has given it one. */
  create(asked: NewTask): number {
    const { chat_id, ...fields } = asked;
    const temporary = temporaryId();
    this.#write("task.create", chat_id, { ...fields, temporary });
    return temporary;
  }

  /** Make a task of a message. */
  fromMessage(
    chat_id: number,
    seq: number,
    asked: {
      title?: string;
      assigned_to?: number | null;
      due?: Due | null;
      column_id?: number;
    } = {},
  ): number {
    const temporary = temporaryId();
    this.#write("message.task", chat_id, { ...asked, seq, temporary });
    return temporary;
  }

  /** `base`: what one saw when one began, with its version; without it, what is shown now. */
  update(id: number, changes: Partial<TaskFields>, base: Base | null = null): void {
    const task = this.#shown(id);
    if (task === null) return;
    const names = Object.keys(changes);
    const known = base !== null && names.every((name) => name in base);
    const seen = known ? pick(base, names) : base === null ? pick({ ...task }, names) : undefined;
    // Made here and stored meanwhile, it has had one version.
    const version = Number(base?.["version"]) || task.version;
    this.#write("task.update", task.chat_id, about({ ...task, version }, { changes }), seen);
  }

  setDone(id: number, done: boolean): void {
    this.update(id, { status: done ? "done" : "open" });
  }

  /** Put what is done away from the board, or bring it back there. */
  archive(id: number, archived: boolean): void {
    const task = this.#shown(id);
    if (task === null) return;
    const fields = about(task, { changes: { archived } });
    this.#write("task.update", task.chat_id, fields, { archived_at: task.archived_at });
  }

  /** Put a task into a column, before another or at the end; without a column, off the board. */
  move(id: number, column_id: number | null, before: number | null): void {
    const task = this.#shown(id);
    if (task === null || before === task.id) return;
    const fields = about(task, { column_id, before });
    const { column_id: from, position } = task;
    this.#parts.outbox.write({
      kind: "task.move",
      chat_id: task.chat_id,
      fields,
      seen: { column_id: from, position },
      replaces: (item) => item.kind === "task.move" && item.fields.task_id === task.id,
    });
  }

  remove(id: number): Undo {
    const task = this.#shown(id);
    if (task === null) return { undo: () => {}, until: 0 };
    const fields = about(task, {});
    return this.#parts.outbox.writeUndoable({ kind: "task.delete", chat_id: task.chat_id, fields });
  }

  detach(id: number, file_id: string): Undo {
    const task = this.#shown(id);
    if (task === null) return { undo: () => {}, until: 0 };
    const fields = { task_id: task.id, file_id };
    return this.#parts.outbox.writeUndoable({ kind: "task.detach", chat_id: task.chat_id, fields });
  }

  /** Say something about it: an ordinary message of its chat. */
  comment(id: number, text: string): void {
    const task = this.#shown(id);
    if (task !== null) this.#parts.send(task.chat_id, text, { task_id: task.id });
  }

  #shown(id: number): TaskView | null {
    return this.#views.peek().get(this.real(id)) ?? null;
  }

  #write<K extends Kind>(
    kind: K,
    chat_id: number,
    fields: Fields[K],
    seen?: Record<string, unknown>,
  ): void {
    this.#parts.outbox.write({ kind, chat_id, fields, ...(seen === undefined ? {} : { seen }) } as Write);
  }

  // Reading and hearing

  async #fetch(id: number): Promise<void> {
    if (this.#asked.has(id)) return;
    this.#asked.add(id);
    try {
      const task = await this.#parts.http.get<Task>(`/tasks/${id}`);
      await this.#parts.replica.keep({ tasks: [task] });
    } catch (error) {
      if (this.#kept.delete(id)) this.#stored.change([], [id]);
      if (error instanceof Unreachable) this.#asked.delete(id);
      else if (!(error instanceof ApiError)) throw error;
    }
  }

  #hear(changes: Change[]): void {
    const put: [number, Task][] = [];
    const gone: number[] = [];
    for (const change of changes) {
      if (change.kind === "booted") this.#anew();
      else if (change.kind === "task") put.push([change.task.id, change.task]);
      else if (change.kind === "task.gone") gone.push(change.id);
      else if (change.kind === "named") this.#named.set(change.temporary, change.id);
      else if (change.kind === "message" && change.message.task_id !== null) {
        this.#comments.changed(change.message.task_id);
      }
    }
    if (put.length + gone.length === 0) return;
    for (const [id] of put) this.#kept.delete(id);
    this.#stored.change(put, gone);
  }

  /**
   * What was fetched singly is not stored any more, and may be in no snapshot: it is fetched again.
   * Until then it is shown as it was, or the card that somebody reads would be gone for a moment.
   */
  #anew(): void {
    const single = [...this.#stored.rows].filter(([id]) => this.#asked.has(id));
    this.#stored.fill(single);
    this.#asked.clear();
    for (const [id] of single) {
      this.#kept.add(id);
      void this.#fetch(id);
    }
    this.#comments.anew();
  }
}

function byDue(one: Task, other: Task): number {
  const [first, second] = [dueKey(one.due), dueKey(other.due)];
  if (first !== second) return first < second ? -1 : 1;
  return one.number - other.number;
}

function dueKey(due: Due | null): string {
  if (due === null) return "9999";
  return "date" in due ? `${due.date}T24` : due.at;
}

function about<F>(task: Task, fields: F): F & { task_id: number; version?: number } {
  return { task_id: task.id, ...fields, ...(task.id > 0 ? { version: task.version } : {}) };
}

function isOfTasks(item: Item): boolean {
  return item.kind.startsWith("task.") || item.kind === "message.task";
}

export function temporaryId(): number {
  return -Math.floor(Math.random() * 2 ** 50) - 1;
}
