"""Tasks and columns: saved with their events, read by id, in pages, and through their history."""

from collections.abc import Sequence
from typing import Any

import msgspec

from messenger.decision import Entry
from messenger.model import (
    ChecklistItem,
    Column,
    Due,
    FieldChange,
    File,
    HistoryEntry,
    Task,
)
from messenger.rules.tasks import day_of
from messenger.store.db import Connection, Database, Row
from messenger.store.paging import Part, fetch_part
from messenger.store.rows import task_files
from messenger.store.rows.chats import Ids, Reader
from messenger.store.rows.message_columns import FILE_BYTES
from messenger.store.schema.tables import columns, events, messages, tasks
from messenger.store.sql import sa
from messenger.store.statements import Prepared, as_rows, columns_of, shown, stamp, summed, upsert

CHAT = sa.bindparam("chat", type_=sa.BigInteger)
LIMIT = sa.bindparam("limit", type_=sa.Integer)

COLUMN_COLUMNS = (*shown(columns_of(columns, Column)), columns.c.card_limit.label("limit"))
TASK_COLUMNS = (
    *shown([*columns_of(tasks, Task), tasks.c.due_on, tasks.c.due_at, tasks.c.due_zone]),
    task_files.FILES,
)
NEW_IDS = {
    "task": "tasks_id_seq",
    "column": "columns_id_seq",
    "number": "task_numbers",
}
TAKE = {
    kind: Prepared(sa.text(f"select nextval('{sequence}') as id from generate_series(1, :count)"))
    for kind, sequence in NEW_IDS.items()
}
COLUMNS_BY_ID = Prepared(
    sa.select(*COLUMN_COLUMNS).where(columns.c.id == sa.any_(sa.bindparam("ids", type_=Ids)))
)
TASKS_BY_ID = Prepared(
    sa.select(*TASK_COLUMNS, tasks.c.changed).where(
        tasks.c.id == sa.any_(sa.bindparam("ids", type_=Ids))
    )
)
PAGE_BYTES = 400_000
"""After so many a page of tasks ends: descriptions, checklists and lists of files may be long."""
LEAST = 600
"""Bytes of a task whose title is all it has, about."""
SIZE: sa.ColumnElement[int] = (
    sa.literal_column(str(LEAST))
    + sa.func.octet_length(tasks.c.description)
    + sa.func.octet_length(sa.cast(tasks.c.checklist, sa.Text))
    + sa.literal_column(str(FILE_BYTES)) * tasks.c.file_count
)


def page_of(chosen: sa.Select[Any], *partition: str) -> sa.Select[Any]:
    """Of chosen tasks in their `place`, those that one page holds; `total` is how many there are.

    Has to be done where the tasks are: to read all of them first would be the work to be saved.
    """
    rows = chosen.subquery("chosen")
    parts = [rows.c[name] for name in partition]
    upto = summed(rows.c.size, [rows.c.day, rows.c.id], parts)
    total = sa.func.count().over(partition_by=parts).label("total")
    sized = sa.select(rows, total, (upto - rows.c.size).label("before")).subquery("sized")
    names = [column.name for column in TASK_COLUMNS]
    return (
        sa.select(*(sized.c[name] for name in names), sized.c.total)
        .where(sized.c.before < sa.literal_column(str(PAGE_BYTES)))
        .order_by(*(sized.c[name] for name in partition), sized.c.day, sized.c.id)
    )


CHAT_OF_TASK = Prepared(sa.select(tasks.c.chat_id).where(tasks.c.id == sa.bindparam("id")))
CHAT_OF_COLUMN = Prepared(sa.select(columns.c.chat_id).where(columns.c.id == sa.bindparam("id")))
_changes = (
    sa.select(
        events.c.seq,
        stamp(events.c.at),
        events.c.by,
        events.c.type,
        events.c.data,
        sa.func.octet_length(sa.cast(events.c.data, sa.Text)).label("size"),
    )
    .where(
        events.c.stream_id == CHAT,
        events.c.subject == sa.bindparam("task", type_=sa.BigInteger),
        events.c.type.like(sa.literal_column("'task.%'")),
        # A card that only made room for another one was not changed by anyone.
        sa.text(
            "not (events.type = 'task.moved' and coalesce(events.data -> 'fields' = '[]', false))"
        ),
        events.c.seq > sa.bindparam("after", type_=sa.BigInteger),
    )
    .order_by(events.c.seq)
    .limit(LIMIT)
    .subquery("changes")
)
_sized = sa.select(
    _changes,
    sa.func.count().over().label("total"),
    (summed(_changes.c.size, [_changes.c.seq]) - _changes.c.size).label("before"),
).subquery("sized")
# Old and new descriptions may be long: a page ends at its bytes, but has one change at least.
HISTORY = Prepared(
    sa.select(*(_sized.c[name] for name in ("seq", "at", "by", "type", "data", "total")))
    .where(sa.func.coalesce(_sized.c.before, 0) < sa.literal_column(str(PAGE_BYTES)))
    .order_by(_sized.c.seq)
)
COMMENTS = Prepared(
    sa.select(messages.c.seq)
    .where(
        messages.c.task_id == sa.bindparam("task", type_=sa.BigInteger),
        messages.c.chat_id == CHAT,
        messages.c.seq > sa.bindparam("after", type_=sa.BigInteger),
    )
    .order_by(messages.c.seq)
    .limit(LIMIT)
)
SAVE_COLUMNS = upsert(columns, fixed=["chat_id"], merged=["changed"])
SAVE_TASKS = upsert(
    tasks,
    fixed=["number", "chat_id", "creator", "source_seq", "created_at"],
    merged=["changed"],
)


def task_of(row: Row) -> Task:
    values = row._asdict()
    values.pop("changed", None)
    values.pop("total", None)
    on, at, zone = values.pop("due_on"), values.pop("due_at"), values.pop("due_zone")
    if on is not None:
        values["due"] = Due(date=on.isoformat())
    elif at is not None:
        values["due"] = Due(at=at, zone=zone)
    values["files"] = msgspec.convert(values["files"] or [], list[File])
    values["checklist"] = msgspec.convert(values["checklist"], list[ChecklistItem])
    return Task(**values)


def column_of(row: Row) -> Column:
    values = row._asdict()
    values.pop("changed", None)
    return Column(**values)


async def save(connection: Connection, entries: Sequence[Entry]) -> None:
    rows = []
    for entry in entries:
        task: Task = entry.data
        values = msgspec.structs.asdict(task)
        due: Due | None = values.pop("due")
        rows.append(
            {
                **values,
                "file_count": len(values.pop("files")),
                "due_on": due and due.date,
                "due_at": due and due.at,
                "due_zone": due and due.zone,
                "due_day": day_of(due),
                "changed": _changed(entry, task.version),
            }
        )
    await connection.put(SAVE_TASKS, rows=as_rows(rows))
    await task_files.save(connection, entries)


async def save_columns(connection: Connection, entries: Sequence[Entry]) -> None:
    rows = [
        {
            **msgspec.structs.asdict(entry.data),
            "card_limit": entry.data.limit,
            "changed": _changed(entry, entry.data.version),
        }
        for entry in entries
    ]
    await connection.put(SAVE_COLUMNS, rows=as_rows(rows))


def _changed(entry: Entry, version: int) -> dict[str, int]:
    """At which version the fields of this change last changed: this one."""
    return dict.fromkeys(entry.detail["fields"], version) if entry.detail else {}


async def by_ids(reader: Reader, ids: Sequence[int]) -> dict[int, Task]:
    return {row.id: task_of(row) for row in await reader.fetch(TASKS_BY_ID, ids=list(ids))}


async def columns_by_ids(reader: Reader, ids: Sequence[int]) -> dict[int, Column]:
    return {row.id: column_of(row) for row in await reader.fetch(COLUMNS_BY_ID, ids=list(ids))}


async def with_versions(reader: Reader, task_id: int) -> tuple[Task, dict[str, int]] | None:
    """A task, and at which version each of its fields last changed."""
    row = await reader.fetch_one(TASKS_BY_ID, ids=[task_id])
    return (task_of(row), row.changed) if row else None


async def new_ids(database: Database, kind: str, count: int) -> list[int]:
    return [row.id for row in await database.fetch(TAKE[kind], count=count)]


async def chat_of(reader: Reader, kind: str, id: int) -> int | None:
    """The chat a task or a column lives in."""
    statement = CHAT_OF_TASK if kind == "task" else CHAT_OF_COLUMN
    row = await reader.fetch_one(statement, id=id)
    return row.chat_id if row else None


async def history(
    reader: Reader, chat_id: int, task_id: int, after: int, limit: int
) -> Part[HistoryEntry]:
    """Who changed what, oldest first, from the log."""
    return await fetch_part(
        reader, HISTORY, _history_entry, limit, chat=chat_id, task=task_id, after=after
    )


def _history_entry(row: Row) -> HistoryEntry:
    return HistoryEntry(
        seq=row.seq,
        at=row.at,
        by=row.by,
        type=row.type,
        changes=msgspec.convert((row.data or {}).get("changes", []), list[FieldChange]),
    )


async def comments(reader: Reader, chat_id: int, task_id: int, after: int, limit: int) -> list[int]:
    """The `seq` of the messages that belong to a task, ascending."""
    rows = await reader.fetch(COMMENTS, chat=chat_id, task=task_id, after=after, limit=limit)
    return [row.seq for row in rows]
