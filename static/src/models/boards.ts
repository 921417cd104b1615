// A chat's board: its columns, and the tasks in each.

import { computed, type ReadonlySignal } from "@preact/signals-core";
import type { Change } from "./changes.ts";
import { type Outbox, pick, type Undo, type Write } from "./outbox.ts";
import { boardOf, type ColumnView, columnsWith, type TaskView } from "./overlays/tasks.ts";
import type { Replica } from "./replica.ts";
import { Named, RowStore } from "./row-store.ts";
import { type Tasks, temporaryId } from "./tasks.ts";
import type { Column } from "./types.ts";
import type { Fields, Kind } from "./writes.ts";
import type { Base } from "./unsaved.ts";

export interface BoardView {
  columns: ColumnView[];
  /** Open tasks of the chat that stand in no column. */
  unsorted: TaskView[];
}

export class Boards {
  readonly #replica: Replica;
  readonly #outbox: Outbox;
  readonly #columns = new RowStore<Column>();
  readonly #boards: Named<number, ReadonlySignal<BoardView>>;

  constructor(replica: Replica, outbox: Outbox, tasks: Tasks) {
    this.#replica = replica;
    this.#outbox = outbox;
    this.#boards = new Named((chat_id) => {
      const columns = computed(() => this.#columnsOf(chat_id));
      const stored = computed(() => this.#stored(chat_id));
      return computed(() => boardOf(columns.value, tasks.inChat(chat_id).value, stored.value));
    });
    replica.changes.hear((changes) => this.#hear(changes));
  }

  async load(): Promise<void> {
    const rows = await this.#replica.database.getAll("columns");
    this.#columns.fill(rows.map((column) => [column.id, column]));
  }

  of(chat_id: number): ReadonlySignal<BoardView> {
    return this.#boards.of(chat_id);
  }

  /** Whether what stands in a column counts as done. */
  isDone(column_id: number): boolean {
    return this.#columns.of(column_id).value?.is_done ?? false;
  }

  addColumn(chat_id: number, asked: { title: string; is_done?: boolean; limit?: number }): number {
    const temporary = temporaryId();
    this.#write("column.create", chat_id, { ...asked, temporary });
    return temporary;
  }

  /** `base`: what one saw when one began, with its version; without it, what is held now. */
  changeColumn(
    id: number,
    changes: { title?: string; is_done?: boolean; limit?: number | null },
    base: Base | null = null,
  ): void {
    const column = this.#columns.peek(id);
    if (column === null) return;
    const from: Base = base ?? { ...column };
    const fields = { column_id: id, changes, version: from["version"] as number };
    const seen = pick(from, Object.keys(changes));
    this.#outbox.write({ kind: "column.update", chat_id: column.chat_id, fields, seen });
  }

  /** Put a column before another, or at the end. */
  moveColumn(id: number, before: number | null): void {
    const column = this.#columns.peek(id);
    if (column !== null) this.#write("column.move", column.chat_id, { column_id: id, before });
  }

  /** Its cards go to its neighbour. */
  removeColumn(id: number): Undo {
    const column = this.#columns.peek(id);
    if (column === null) return { undo: () => {}, until: 0 };
    const { chat_id } = column;
    return this.#outbox.writeUndoable({ kind: "column.delete", chat_id, fields: { column_id: id } });
  }

  #write<K extends Kind>(kind: K, chat_id: number, fields: Fields[K]): void {
    this.#outbox.write({ kind, chat_id, fields } as Write);
  }

  #columnsOf(chat_id: number): Column[] {
    const items = this.#outbox.items.value.filter(
      (item) => item.chat_id === chat_id && item.kind.startsWith("column."),
    );
    return columnsWith(this.#stored(chat_id), items);
  }

  #stored(chat_id: number): Column[] {
    return this.#columns.all.value.filter((column) => column.chat_id === chat_id);
  }

  #hear(changes: Change[]): void {
    const put: [number, Column][] = [];
    const gone: number[] = [];
    for (const change of changes) {
      if (change.kind === "booted") this.#columns.fill([]);
      else if (change.kind === "column") put.push([change.column.id, change.column]);
      else if (change.kind === "column.gone") gone.push(change.id);
    }
    if (put.length + gone.length > 0) this.#columns.change(put, gone);
  }
}
