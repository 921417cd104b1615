"""Which files a task has, and in what order: read with its row, saved with its event.

A file keeps the place in the chat's log at which it was attached: there the chat's files have it.
"""

from collections.abc import Sequence
from itertools import chain

from messenger.decision import Entry
from messenger.model import Task
from messenger.store.db import Connection
from messenger.store.rows.chats import Ids
from messenger.store.rows.files import FILE_COLUMNS
from messenger.store.schema.tables import files, task_files, tasks
from messenger.store.sql import aggregate_order_by, sa
from messenger.store.statements import Prepared, as_rows, shown

_NAMES: list[sa.ColumnElement[str]] = [
    sa.literal_column(f"'{column.name}'") for column in FILE_COLUMNS
]
_OBJECT = sa.func.json_build_object(*chain(*zip(_NAMES, shown(FILE_COLUMNS), strict=True)))
_LIST = (
    sa.select(sa.func.json_agg(aggregate_order_by(_OBJECT, task_files.c.position)))
    .select_from(task_files.join(files, files.c.id == task_files.c.file_id))
    .where(task_files.c.task_id == tasks.c.id)
    .correlate(tasks)
    .scalar_subquery()
)
# Most tasks have none: only where there are any is it worth looking.
FILES: sa.Label[object] = sa.case((tasks.c.file_count > sa.literal_column("0"), _LIST)).label(
    "files"
)
REPLACE = Prepared(
    sa.text(
        """
        with wanted as (
            select task_id, file_id, position, chat_id, seq, at
            from json_to_recordset(:rows) as t(task_id bigint, file_id uuid, position integer,
                                               chat_id bigint, seq bigint, at timestamptz)
        ), gone as (
            delete from task_files f where task_id = any(:tasks) and not exists (
                select from wanted w where (w.task_id, w.file_id) = (f.task_id, f.file_id))
            returning file_id
        ), loosened as (
            update files set loose = true where id in (select file_id from gone)
        )
        insert into task_files (task_id, file_id, position, chat_id, seq, at)
        select task_id, file_id, position, chat_id, seq, at from wanted
        on conflict (task_id, file_id) do update set position = excluded.position
        """
    ).bindparams(sa.bindparam("tasks", type_=Ids))
)


async def save(connection: Connection, entries: Sequence[Entry]) -> None:
    """Give the tasks whose files these events change the files they now have."""
    changed: list[Task] = [entry.data for entry in entries if _changes_files(entry)]
    if not changed:
        return
    rows = [
        {
            "task_id": task.id,
            "file_id": file.id,
            "position": position,
            "chat_id": task.chat_id,
            "seq": task.rev,
            "at": task.updated_at,
        }
        for task in changed
        for position, file in enumerate(task.files)
    ]
    await connection.put(REPLACE, rows=as_rows(rows), tasks=[task.id for task in changed])


def _changes_files(entry: Entry) -> bool:
    match entry.type:
        case "task.created":
            return bool(entry.data.files)
        case "task.deleted":
            return True
    return "files" in entry.detail["fields"]
