"""Tasks of all the chats a user is in: lists by due date, and numbers by assignee."""

from datetime import date
from typing import Any

import msgspec
import sqlalchemy as sa

from messenger.model import Task, TaskCount
from messenger.rules.tasks import day_of
from messenger.store.paging import Part, fetch_part
from messenger.store.rows.chats import Reader, visible_chats
from messenger.store.rows.tasks import LIMIT, SIZE, TASK_COLUMNS, page_of, task_of
from messenger.store.schema.tables import Moment, chats, members, tasks
from messenger.store.statements import Prepared

USER = sa.bindparam("user", type_=sa.BigInteger)
SEEN = tasks.join(chats, chats.c.id == tasks.c.chat_id).join(
    members, members.c.chat_id == tasks.c.chat_id
)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What `GET /tasks` asks for; every filter may stand with every other."""

    assigned_to: int | None = None
    creator: int | None = None
    status: str | None = None
    due_from: date | None = None
    due_to: date | None = None
    chat_id: int | None = None
    number: int | None = None
    after_day: date | None = None
    after_id: int | None = None
    limit: int


NEVER = date(9999, 12, 31)
"""Where tasks without a due date stand in the order: last."""


def _or_any(column: Any, name: str, type: Any) -> Any:
    value = sa.bindparam(name, type_=type)
    return sa.or_(value.is_(None), column == value)


DAY = sa.func.coalesce(tasks.c.due_day, sa.literal_column(f"date '{NEVER}'"))
LIST = Prepared(
    page_of(
        sa.select(*TASK_COLUMNS, SIZE.label("size"), DAY.label("day"))
        .select_from(SEEN)
        .where(
            visible_chats(USER),
            tasks.c.deleted_at.is_(None),
            _or_any(tasks.c.assigned_to, "assigned_to", sa.BigInteger),
            _or_any(tasks.c.creator, "creator", sa.BigInteger),
            _or_any(tasks.c.status, "status", sa.Text),
            _or_any(tasks.c.chat_id, "chat_id", sa.BigInteger),
            _or_any(tasks.c.number, "number", sa.BigInteger),
            sa.or_(
                sa.bindparam("due_from", type_=sa.Date).is_(None),
                tasks.c.due_day >= sa.bindparam("due_from", type_=sa.Date),
            ),
            sa.or_(
                sa.bindparam("due_to", type_=sa.Date).is_(None),
                tasks.c.due_day <= sa.bindparam("due_to", type_=sa.Date),
            ),
            sa.or_(
                sa.bindparam("after_id", type_=sa.BigInteger).is_(None),
                sa.tuple_(DAY, tasks.c.id)
                > sa.tuple_(
                    sa.bindparam("after_day", type_=sa.Date),
                    sa.bindparam("after_id", type_=sa.BigInteger),
                ),
            ),
        )
        .order_by(DAY, tasks.c.id)
        .limit(LIMIT)
    )
)
OPEN = tasks.c.status == sa.literal_column("'open'")
DONE_THIS_WEEK = tasks.c.closed_at >= sa.bindparam("week", type_=Moment)
LATE = sa.or_(
    tasks.c.due_day < sa.bindparam("today", type_=sa.Date),
    tasks.c.due_at < sa.bindparam("now", type_=Moment),
)
NOBODY: sa.ColumnElement[int] = sa.literal_column(str(2**53))
# By person, in the chats the reader is in; this week begins on Monday of the reader's date.
SUMMARY = Prepared(
    sa.select(
        tasks.c.assigned_to.label("user_id"),
        sa.func.count().filter(OPEN).label("open"),
        sa.func.count().filter(OPEN, LATE).label("overdue"),
        sa.func.count().filter(DONE_THIS_WEEK).label("done"),
    )
    .select_from(SEEN)
    .where(
        visible_chats(USER),
        tasks.c.deleted_at.is_(None),
        sa.or_(OPEN, DONE_THIS_WEEK),
        sa.func.coalesce(tasks.c.assigned_to, NOBODY) > sa.bindparam("after", type_=sa.BigInteger),
    )
    .group_by(tasks.c.assigned_to)
    .order_by(tasks.c.assigned_to.nulls_last())
    .limit(LIMIT)
)


async def page(reader: Reader, user_id: int, wanted: Wanted) -> Part[Task]:
    """Tasks of the chats a user is in, by due date, those without one last.

    A page ends at its number of tasks, or where it has grown long.
    """
    return await fetch_part(reader, LIST, task_of, user=user_id, **msgspec.structs.asdict(wanted))


def place_of(task: Task) -> date:
    """Where a task stands in the order of lists."""
    return day_of(task.due) or NEVER


async def summary(
    reader: Reader, user_id: int, today: date, week: Any, now: Any, after: int, limit: int
) -> Part[TaskCount]:
    """How many tasks users have, by their ids after one of them; unassigned tasks come last."""
    return await fetch_part(
        reader,
        SUMMARY,
        lambda row: TaskCount(**row._asdict()),
        limit,
        user=user_id,
        today=today,
        week=week,
        now=now,
        after=after,
    )
