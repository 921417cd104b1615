"""Letters that wait for the mail server: put with their cause, taken oldest first, once.

A letter is in the table until the mail server has it or it is given up. Who takes it says so
beforehand (`begin`): one that a crash left begun may have been sent, and is sent once more at most.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, Literal

import msgspec

from messenger.store.db import Connection, Database
from messenger.store.rows.chats import Reader
from messenger.store.schema.tables import Moment, mails
from messenger.store.sql import sa
from messenger.store.statements import Prepared

Kind = Literal["reset", "verify", "invite", "digest", "weekly"]

MOST: Final = 10_000
"""Letters that wait. More are not taken on: the mail server has been away for long."""

NOW = sa.bindparam("now", type_=Moment)
ID = sa.bindparam("id", type_=sa.BigInteger)
# The same letter asked for twice is one, and the later asking counts.
PUT = Prepared(
    sa.text(
        f"""
        insert into mails (key, kind, user_id, address, data, created_at, due_at, until)
        select :key, :kind, :user, :address, cast(:data as jsonb), :now, :now, :until
        where (select count(*) from mails) < {MOST}
        on conflict (key) do update set until = excluded.until, data = excluded.data
        returning id
        """
    ).bindparams(
        sa.bindparam("user", type_=sa.BigInteger),
        sa.bindparam("address", type_=sa.Text),
        NOW,
        sa.bindparam("until", type_=Moment),
    )
)
DUE = Prepared(
    sa.select(
        mails.c.id, mails.c.key, mails.c.kind, mails.c.user_id, mails.c.address, mails.c.data,
        mails.c.until, mails.c.tries,
    )
    .where(mails.c.due_at <= NOW)
    .order_by(mails.c.due_at, mails.c.id)
    .limit(sa.bindparam("limit", type_=sa.Integer))
)  # fmt: skip
WAITING = Prepared(
    sa.text(
        """
        select count(*) as count, min(created_at) as oldest, min(due_at) as next
        from mails
        """
    )
)
BEGIN = Prepared(mails.update().where(mails.c.id == ID).values(begun_at=NOW))
END = Prepared(mails.delete().where(mails.c.id == ID))
AGAIN = Prepared(
    mails.update()
    .where(mails.c.id == ID)
    .values(
        due_at=sa.bindparam("due", type_=Moment),
        tries=mails.c.tries + sa.bindparam("more", type_=sa.Integer),
        begun_at=None,
    )
)
# Begun and never answered: sent once more, if that has not been done before.
GIVE_UP = Prepared(sa.text("delete from mails where begun_at is not null and unsure returning id"))
ONCE_MORE = Prepared(
    sa.text("update mails set unsure = true, begun_at = null where begun_at is not null")
)
FORGET = Prepared(mails.delete().where(mails.c.until <= NOW).returning(mails.c.id))
LOOKED = Prepared(
    sa.text(
        """
        insert into mail_marks (user_id, looked_at, digest_at) values (:user, :looked, :digest)
        on conflict (user_id) do update set looked_at = excluded.looked_at,
            digest_at = coalesce(excluded.digest_at, mail_marks.digest_at)
        """
    ).bindparams(sa.bindparam("looked", type_=Moment), sa.bindparam("digest", type_=Moment))
)
TOLD_WEEK = Prepared(
    sa.text(
        """
        insert into mail_marks (user_id, weekly_on) values (:user, :day)
        on conflict (user_id) do update set weekly_on = excluded.weekly_on
        """
    ).bindparams(sa.bindparam("day", type_=sa.Date))
)


class Ordered(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that is to be sent. The same `key` is the same letter."""

    key: str
    kind: Kind
    user_id: int | None = None
    address: str | None = None
    data: dict[str, Any] = {}
    until: datetime


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One that waits, with how often the mail server did not take it."""

    id: int
    key: str
    kind: Kind
    user_id: int | None
    address: str | None
    data: dict[str, Any]
    until: datetime
    tries: int


class Queue(msgspec.Struct, frozen=True):
    """How many letters wait, since when the oldest does, and when the next is due."""

    count: int
    oldest: datetime | None
    next: datetime | None


async def put(connection: Reader, letter: Ordered, now: datetime) -> bool:
    """Have a letter sent; False where too many wait already."""
    row = await connection.fetch_one(
        PUT,
        key=letter.key,
        kind=letter.kind,
        user=letter.user_id,
        address=letter.address,
        data=msgspec.json.encode(letter.data).decode(),
        now=now,
        until=letter.until,
    )
    return row is not None


async def due(reader: Reader, now: datetime, limit: int) -> list[Waiting]:
    """Those to be sent by now, the longest due first."""
    rows: Sequence[Any] = await reader.fetch(DUE, now=now, limit=limit)
    return [Waiting(**row._asdict()) for row in rows]


async def queue(reader: Reader) -> Queue:
    row = await reader.fetch_one(WAITING)
    assert row is not None
    return Queue(row.count, row.oldest, row.next)


async def begin(database: Database, id: int, now: datetime) -> None:
    """Its content is about to be handed to the mail server."""
    await database.fetch(BEGIN, id=id, now=now)


async def end(database: Database, id: int) -> None:
    """It was sent, or is given up."""
    await database.fetch(END, id=id)


async def again(database: Database, id: int, due: datetime, *, tried: bool) -> None:
    """It was not sent, and is tried later; `tried` counts."""
    await database.fetch(AGAIN, id=id, due=due, more=int(tried))


async def recover(database: Database) -> int:
    """After a crash: letters whose end is unknown go once more; the number given up."""

    async def work(connection: Connection) -> int:
        given_up = len(await connection.fetch(GIVE_UP))
        await connection.fetch(ONCE_MORE)
        return given_up

    return await database.transact(work)


async def forget(database: Database, now: datetime) -> int:
    """Give up what it is too late for; how many."""
    return len(await database.fetch(FORGET, now=now))


async def told(
    database: Database, letter: Ordered | None, user_id: int, looked: datetime, now: datetime
) -> bool:
    """What a person missed up to a moment was looked at; with a letter that tells them of it."""

    async def work(connection: Connection) -> bool:
        if letter is not None and not await put(connection, letter, now):
            return False
        digest = None if letter is None else now
        await connection.fetch(LOOKED, user=user_id, looked=looked, digest=digest)
        return True

    return await database.transact(work)


async def told_week(
    database: Database, letter: Ordered | None, user_id: int, day: date, now: datetime
) -> bool:
    """A person's tasks of the week were looked at; with a letter that tells them of these."""

    async def work(connection: Connection) -> bool:
        if letter is not None and not await put(connection, letter, now):
            return False
        await connection.fetch(TOLD_WEEK, user=user_id, day=day)
        return True

    return await database.transact(work)
