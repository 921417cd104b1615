"""Reminders: which tasks may be due, and the record of what was sent.

The record is written in the transaction of the reminder's event, so that no
two processes send the same one. The rules decide when a reminder is due.
"""

from datetime import date, datetime
from typing import Final

import msgspec

from messenger import errors
from messenger.decision import Reminded, Snoozed
from messenger.model import Due, ReminderKind
from messenger.store.db import Connection, Database
from messenger.store.rows.chats import Reader
from messenger.store.schema.tables import reminders
from messenger.store.sql import sa
from messenger.store.statements import STAMP, Prepared

DueCursor = tuple[date, int]
"""A due day and a task: where a reader of candidates is in their order."""

# As `rules.reminders.due_key` writes it.
DUE: Final = f"""coalesce(to_char(cast(t.due_on as timestamp), 'YYYY-MM-DD'),
    to_char(t.due_at at time zone 'UTC', {STAMP}))""".replace(":", "\\:")
# A task whose assignee is an active member of its chat.
THEIRS: Final = """
    tasks t
    join users u on u.id = t.assigned_to and u.disabled_at is null
    join members m on m.chat_id = t.chat_id and m.user_id = t.assigned_to and m.left_at is null
    join chats c on c.id = t.chat_id and c.deleted_at is null
"""
OPEN: Final = "t.status = 'open' and t.deleted_at is null and t.assigned_to is not null"
CANDIDATES = Prepared(
    sa.text(
        f"""
        select t.id, t.chat_id, t.assigned_to, t.due_on is not null as whole_day, t.due_zone,
               t.due_day, u.time_zone, {DUE} as due,
               array(select r.kind from reminders r where r.task_id = t.id
                     and r.user_id = t.assigned_to and r.due = {DUE}) as already
        from {THEIRS}
        where {OPEN} and t.due_day <= :last
          and (t.due_day, t.id) > (:after_day, :after_id)
          and not exists (select from reminders r where r.task_id = t.id
              and r.user_id = t.assigned_to and r.kind = 'overdue' and r.due = {DUE})
        order by t.due_day, t.id
        limit :limit
        """
    ).bindparams(
        sa.bindparam("last", type_=sa.Date),
        sa.bindparam("after_day", type_=sa.Date),
        sa.bindparam("after_id", type_=sa.BigInteger),
    )
)
# The lock makes a change of the task that is under way come first, and be seen.
RECORD = Prepared(
    sa.text(
        f"""
        insert into reminders (task_id, user_id, kind, due, at)
        select t.id, t.assigned_to, :kind, :due, :at
        from {THEIRS}
        where {OPEN} and t.id = :task and t.assigned_to = :user and {DUE} = :due
        for share of t
        returning task_id
        """
    )
)
# The newest that was sent of the task as it is due now.
SNOOZE = Prepared(
    sa.text(
        f"""
        update reminders set again_at = :until
        where (task_id, user_id, kind, due) in (
            select r.task_id, r.user_id, r.kind, r.due
            from {THEIRS} join reminders r on r.task_id = t.id and r.user_id = t.assigned_to
            where {OPEN} and t.id = :task and t.assigned_to = :user and r.due = {DUE}
            order by r.at desc limit 1
        )
        returning task_id
        """
    ).bindparams(sa.bindparam("until", type_=sa.TIMESTAMP(timezone=True)))
)
SNOOZED = Prepared(
    sa.text(
        f"""
        select r.task_id, t.chat_id, r.user_id, r.kind, r.due
        from {THEIRS} join reminders r on r.task_id = t.id and r.user_id = t.assigned_to
        where {OPEN} and r.again_at <= :now and r.due = {DUE}
        order by r.again_at
        limit :limit
        """
    )
)
# Whoever is first sends it.
AGAIN = Prepared(
    sa.text(
        f"""
        update reminders r set again_at = null, at = :at
        from {THEIRS}
        where {OPEN} and t.id = :task and t.assigned_to = :user and {DUE} = :due
              and r.task_id = t.id and r.user_id = t.assigned_to and r.kind = :kind
              and r.due = :due and r.again_at <= :at
        returning r.task_id
        """
    )
)
FORGET = Prepared(reminders.delete().where(reminders.c.at < sa.bindparam("before")))


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """An open task, its assignee, and which reminders of its due date were sent."""

    task_id: int
    chat_id: int
    user_id: int
    due: Due
    due_day: date
    time_zone: str
    already: list[str]

    @property
    def cursor(self) -> DueCursor:
        return self.due_day, self.task_id


class Snooze(msgspec.Struct, frozen=True, kw_only=True):
    """A reminder that is to come again."""

    task_id: int
    chat_id: int
    user_id: int
    kind: ReminderKind
    due: str


async def candidates(reader: Reader, after: DueCursor, last: date, limit: int) -> list[Candidate]:
    """Open tasks that are due up to a day, in the order of their places."""
    rows = await reader.fetch(
        CANDIDATES, after_day=after[0], after_id=after[1], last=last, limit=limit
    )
    return [
        Candidate(
            task_id=row.id,
            chat_id=row.chat_id,
            user_id=row.assigned_to,
            due=Due(date=row.due) if row.whole_day else Due(at=row.due, zone=row.due_zone),
            due_day=row.due_day,
            time_zone=row.time_zone,
            already=row.already,
        )
        for row in rows
    ]


async def record(connection: Connection, reminded: Reminded, at: datetime) -> None:
    """Note that a reminder is sent; raises NotFound when the task is no longer due to this user."""
    row = await connection.fetch_one(
        AGAIN if reminded.again else RECORD,
        task=reminded.task_id,
        user=reminded.user_id,
        kind=reminded.kind,
        due=reminded.due,
        at=at,
    )
    if row is None:
        raise errors.NotFound("There is nothing to remind of.")


async def snooze(connection: Connection, snoozed: Snoozed) -> None:
    """Have the newest reminder come again; raises NotFound where none came, or it is done with."""
    row = await connection.fetch_one(
        SNOOZE,
        task=snoozed.task_id,
        user=snoozed.user_id,
        until=datetime.fromisoformat(snoozed.until),
    )
    if row is None:
        raise errors.NotFound("There is no reminder that could come again.")


async def snoozed(reader: Reader, now: datetime, limit: int) -> list[Snooze]:
    """Reminders that are to come again by now."""
    rows = await reader.fetch(SNOOZED, now=now, limit=limit)
    return [Snooze(**row._asdict()) for row in rows]


async def forget(database: Database, before: datetime) -> None:
    """Drop the record of reminders from before a moment."""
    await database.fetch(FORGET, before=before)
