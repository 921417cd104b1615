"""Tasks of all the chats a user is in: lists by due date, and numbers by assignee.

A list is merged of runs, each read from an index in the list's own order and no further than the
page is long: so a page costs the same however many tasks are done.
"""

from datetime import date
from typing import Any

import msgspec

from messenger.model import Task, TaskCount
from messenger.rules.tasks import day_of
from messenger.store.paging import Part, fetch_part
from messenger.store.rows.chats import Reader, visible_chats
from messenger.store.rows.tasks import LIMIT, SIZE, TASK_COLUMNS, page_of, task_of
from messenger.store.schema.tables import Moment, chats, members, tasks
from messenger.store.sql import sa
from messenger.store.statements import Prepared

USER = sa.bindparam("user", type_=sa.BigInteger)


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


def _or_any(column: Any, value: Any) -> sa.ColumnElement[bool]:
    return sa.or_(value.is_(None), column == value)


def _id(name: str) -> sa.BindParameter[int]:
    return sa.bindparam(name, type_=sa.BigInteger)


CHAT, PERSON, MAKER = _id("chat_id"), _id("assigned_to"), _id("creator")
AFTER_DAY, AFTER_ID = sa.bindparam("after_day", type_=sa.Date), _id("after_id")
DUE_FROM = sa.bindparam("due_from", type_=sa.Date)
DUE_TO = sa.bindparam("due_to", type_=sa.Date)
STATUS = sa.bindparam("status", type_=sa.Text)
NONE: sa.ColumnElement[int] = sa.literal_column("0")
ONE: sa.ColumnElement[int] = sa.literal_column("1")
# In one order of all, tasks are only read as fast where they are sorted within their status.
STATUSES = sa.values(sa.column("status", sa.Text), name="statuses", literal_binds=True).data(
    [("open",), ("done",)]
)
SEEN = (
    sa.select(chats.c.id)
    .join(members, members.c.chat_id == chats.c.id)
    .where(visible_chats(USER), _or_any(chats.c.id, CHAT))
    .cte("seen")
)
ONE_OF_SEEN = tasks.c.chat_id == sa.any_(sa.func.array(sa.select(SEEN.c.id).scalar_subquery()))


def _parts(*whose: sa.ColumnElement[bool]) -> tuple[sa.Select[Any], sa.Select[Any]]:
    """Tasks of one status, with a due date and without one, in the order of lists.

    Both parts begin where the page begins, so that an index leads there.
    """
    chosen = sa.select(tasks.c.id, tasks.c.due_day).where(
        *whose,
        tasks.c.status == STATUSES.c.status,
        tasks.c.deleted_at.is_(None),
        _or_any(tasks.c.assigned_to, PERSON),
        _or_any(tasks.c.creator, MAKER),
        _or_any(tasks.c.number, _id("number")),
    )
    dated = chosen.where(
        tasks.c.due_day.is_not(None),
        sa.or_(DUE_FROM.is_(None), tasks.c.due_day >= DUE_FROM),
        sa.or_(DUE_TO.is_(None), tasks.c.due_day <= DUE_TO),
        sa.or_(
            AFTER_ID.is_(None),
            sa.tuple_(tasks.c.due_day, tasks.c.id) > sa.tuple_(AFTER_DAY, AFTER_ID),
        ),
    ).order_by(tasks.c.due_day, tasks.c.id)
    undated = chosen.where(
        tasks.c.due_day.is_(None),
        DUE_FROM.is_(None),
        DUE_TO.is_(None),
        sa.or_(AFTER_ID.is_(None), AFTER_DAY.is_not(None), tasks.c.id > AFTER_ID),
    ).order_by(tasks.c.id)
    return dated, undated


def _run(dated: sa.Select[Any], undated: sa.Select[Any]) -> sa.FromClause:
    """The first of either part, up to the limit of each."""
    parts = (part.limit(LIMIT).correlate(STATUSES, SEEN) for part in (dated, undated))
    return sa.union_all(*parts).lateral("run")


def _list(runs: sa.FromClause, source: sa.FromClause) -> Prepared:
    """A page of tasks, of runs; only those of the page are formatted."""
    picked = (
        sa.select(runs.c.id, runs.c.due_day.label("day"))
        .select_from(source.join(runs, sa.true()))
        .where(_or_any(STATUSES.c.status, STATUS))
        .order_by(runs.c.due_day, runs.c.id)
        .limit(LIMIT)
        .subquery("picked")
    )
    # One by one: of a small table the planner would rather read all, and of a large one not.
    whole = (
        sa.select(*TASK_COLUMNS, SIZE.label("size"), picked.c.day)
        .where(tasks.c.id == picked.c.id)
        .limit(ONE)
        .correlate(picked)
        .lateral("whole")
    )
    return Prepared(page_of(sa.select(whole).select_from(picked.join(whole, sa.true()))))


DATED, UNDATED = _parts(tasks.c.chat_id == SEEN.c.id)
FIRST = DATED.limit(ONE).correlate(STATUSES, SEEN).lateral("first")
# No page reaches past the day by which more chats than it has room for have a first task. Without
# it, a page of each of a hundred chats is read and sorted for one page of all.
LAST = (
    sa.select(FIRST.c.due_day)
    .select_from(SEEN.join(STATUSES, sa.true()).join(FIRST, sa.true()))
    .where(_or_any(STATUSES.c.status, STATUS))
    .order_by(FIRST.c.due_day)
    .offset(LIMIT)
    .limit(ONE)
    .cte("last")
)
LAST_DAY = sa.select(LAST.c.due_day).scalar_subquery()
NEVER: sa.ColumnElement[date] = sa.literal_column("date 'infinity'")
UP_TO_IT = tasks.c.due_day <= sa.func.coalesce(LAST_DAY, NEVER)
LIST = _list(
    _run(DATED.where(UP_TO_IT), UNDATED.where(LAST_DAY.is_(None))), SEEN.join(STATUSES, sa.true())
)
# What somebody is to do, or has made, is a small part of what their chats have.
OF_PERSON = _list(_run(*_parts(ONE_OF_SEEN, tasks.c.assigned_to == PERSON)), STATUSES)
OF_MAKER = _list(_run(*_parts(ONE_OF_SEEN, tasks.c.creator == MAKER)), STATUSES)

LATE = sa.or_(
    tasks.c.due_day < sa.bindparam("today", type_=sa.Date),
    tasks.c.due_at < sa.bindparam("now", type_=Moment),
)
NOBODY: sa.ColumnElement[int] = sa.literal_column(str(2**53))
OF_SEEN = (
    sa.select(tasks.c.assigned_to)
    .join(SEEN, SEEN.c.id == tasks.c.chat_id)
    .where(tasks.c.deleted_at.is_(None))
)
COUNTED = sa.union_all(
    OF_SEEN.add_columns(
        ONE.label("open"), sa.case((LATE, ONE), else_=NONE).label("overdue"), NONE.label("done")
    ).where(tasks.c.status == sa.literal_column("'open'")),
    OF_SEEN.add_columns(NONE, NONE, ONE).where(
        tasks.c.closed_at >= sa.bindparam("week", type_=Moment)
    ),
).subquery("counted")
# By person, in the chats the reader is in; this week begins on Monday of the reader's date.
SUMMARY = Prepared(
    sa.select(
        COUNTED.c.assigned_to.label("user_id"),
        sa.func.sum(COUNTED.c.open).label("open"),
        sa.func.sum(COUNTED.c.overdue).label("overdue"),
        sa.func.sum(COUNTED.c.done).label("done"),
    )
    .where(
        sa.func.coalesce(COUNTED.c.assigned_to, NOBODY) > sa.bindparam("after", type_=sa.BigInteger)
    )
    .group_by(COUNTED.c.assigned_to)
    .order_by(COUNTED.c.assigned_to.nulls_last())
    .limit(LIMIT)
)


async def page(reader: Reader, user_id: int, wanted: Wanted) -> Part[Task]:
    """Tasks of the chats a user is in, by due date, those without one last.

    A page ends at its number of tasks, or where it has grown long.
    """
    statement = LIST
    if wanted.assigned_to is not None:
        statement = OF_PERSON
    elif wanted.creator is not None:
        statement = OF_MAKER
    return await fetch_part(
        reader, statement, task_of, user=user_id, **msgspec.structs.asdict(wanted)
    )


def place_of(task: Task) -> date | None:
    """Where a task stands in the order of lists; those that are due on no day are last."""
    return day_of(task.due)


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
        chat_id=None,
        today=today,
        week=week,
        now=now,
        after=after,
    )
