"""Lets go of the files of deleted chats, which nobody reads any more: the sweep takes them then.

Not with the deletion itself, which stays one short commit however much a chat has.
"""

from datetime import datetime
from typing import Final

from messenger.store.db import Database
from messenger.store.schema.tables import Moment
from messenger.store.sql import sa
from messenger.store.statements import Prepared

BEFORE = sa.bindparam("before", type_=Moment)

OF_MESSAGES: Final = Prepared(
    sa.text(
        """
        with gone as (
            select a.chat_id, a.seq, a.position
            from chats c join attachments a on a.chat_id = c.id
            where c.deleted_at < :before limit 500
        ), detached as (
            delete from attachments a using gone g
            where (a.chat_id, a.seq, a.position) = (g.chat_id, g.seq, g.position)
            returning a.chat_id, a.seq, a.file_id
        ), counted as (
            update messages m set file_count = 0 from detached d
            where (m.chat_id, m.seq) = (d.chat_id, d.seq)
        ), loosened as (
            update files set loose = true where id in (select file_id from detached)
        )
        select count(*) as released from detached
        """
    ).bindparams(BEFORE)
)
OF_TASKS: Final = Prepared(
    sa.text(
        """
        with gone as (
            select f.task_id, f.file_id
            from chats c join tasks t on t.chat_id = c.id join task_files f on f.task_id = t.id
            where c.deleted_at < :before limit 500
        ), detached as (
            delete from task_files f using gone g
            where (f.task_id, f.file_id) = (g.task_id, g.file_id)
            returning f.task_id, f.file_id
        ), counted as (
            update tasks t set file_count = 0, cover_file_id = null from detached d
            where t.id = d.task_id
        ), loosened as (
            update files set loose = true where id in (select file_id from detached)
        )
        select count(*) as released from detached
        """
    ).bindparams(BEFORE)
)


async def release(database: Database, before: datetime) -> int:
    """Take files off messages and tasks of chats deleted before a moment; returns how many.

    A thousand at the most.
    """
    rows = [
        *await database.fetch(OF_MESSAGES, before=before),
        *await database.fetch(OF_TASKS, before=before),
    ]
    return sum(row.released for row in rows)
