"""What people take along: one export of each at a time, for a day."""

import math
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal
from uuid import uuid4

import msgspec
from msgspec import Meta

from messenger.decision import ExportEnded
from messenger.errors import NotFound, RateLimited
from messenger.store.db import Connection, Database
from messenger.store.rows import audit
from messenger.store.rows.chats import Reader
from messenger.store.sql import sa
from messenger.store.statements import Prepared, stamped

A_DAY: Final = 5
"""Exports that one person may have made within `DAY`: each reads all that they ever wrote."""
DAY: Final = timedelta(days=1)
_SHOWN: Final = f"id, state, {stamped('asked_at')}, bytes, {stamped('until')}"
FIND = Prepared(sa.text(f"select {_SHOWN} from exports where user_id = :user"))
# One that failed, or is over, makes room; one that waits or can be fetched is answered with.
ASK = Prepared(
    sa.text(
        """
        insert into exports (user_id, id, asked_at, state) values (:user, :id, :at, 'waiting')
        on conflict (user_id) do update
            set id = excluded.id, asked_at = excluded.asked_at, state = 'waiting', bytes = null,
                until = null
            where exports.state = 'failed' or exports.until < excluded.asked_at
        returning id
        """
    )
)
# By the audit: it knows of those as well that were removed before their time.
ASKED = Prepared(
    sa.text(
        f"""
        select at from audit where by = :user and action = 'data.export' and at > :since
        order by at desc offset {A_DAY - 1} limit 1
        """
    )
)
WAITING = Prepared(
    sa.text("select user_id, id from exports where state = 'waiting' order by asked_at")
)
KNOWN = Prepared(sa.text("select id from exports"))
END = Prepared(
    sa.text(
        "update exports set state = 'ready', bytes = :bytes, until = :until"
        " where id = :id and state = 'waiting' returning id"
    )
)
FAIL = Prepared(sa.text("update exports set state = 'failed' where id = :id and state = 'waiting'"))
REMOVE = Prepared(sa.text("delete from exports where user_id = :user"))
FORGET = Prepared(sa.text("delete from exports where until < :at"))


class OwnExport(msgspec.Struct, frozen=True, kw_only=True):
    """All that a person has here, to take along; `ready` once it can be fetched."""

    id: Annotated[str | None, Meta(description="Its name in `GET /files/exports/{id}`.")] = None
    state: Annotated[
        Literal["none", "waiting", "ready", "failed"],
        Meta(description="`none`: nothing was asked for; `failed`: ask again."),
    ] = "none"
    asked_at: Annotated[str | None, Meta(description="When it was asked for.")] = None
    bytes: Annotated[int | None, Meta(description="The size of the file.")] = None
    until: Annotated[str | None, Meta(description="When it is removed.")] = None


async def find(reader: Reader, user_id: int) -> OwnExport:
    row = await reader.fetch_one(FIND, user=user_id)
    return OwnExport(**row._asdict()) if row else OwnExport()


async def ask(database: Database, user_id: int, at: datetime) -> OwnExport:
    """Have one made and record it, unless there is one; answers with the one there is now.

    Raises RateLimited for who had as many made within a day as one may.
    """

    async def work(connection: Connection) -> None:
        # The row is locked from here: of several at once, each counts those before it.
        if await connection.fetch_one(ASK, user=user_id, id=str(uuid4()), at=at) is not None:
            full = await connection.fetch_one(ASKED, user=user_id, since=at - DAY)
            if full is not None:
                left = (full.at + DAY - at).total_seconds()
                raise RateLimited(
                    math.ceil(left * 1000), f"Your data was gathered {A_DAY} times within a day."
                )
            details = {"of": "person"}
            await audit.record(connection, at, user_id, "data.export", user_id, details)

    await database.transact(work)
    return await find(database, user_id)


async def remove(database: Database, user_id: int) -> None:
    """Forget it; its file goes with the job's next run."""
    await database.fetch(REMOVE, user=user_id)


async def waiting(reader: Reader) -> list[tuple[int, str]]:
    """Person and id of those that are to be made, the oldest first."""
    return [(row.user_id, row.id) for row in await reader.fetch(WAITING)]


async def end(connection: Connection, write: ExportEnded) -> None:
    """It is ready; raises NotFound where nobody waits for it any more."""
    found = await connection.fetch_one(END, **msgspec.structs.asdict(write))
    if found is None:
        raise NotFound("Nobody waits for this export any more.")


async def failed(database: Database, id: str) -> None:
    """It could not be made."""
    await database.fetch(FAIL, id=id)


async def known(database: Database, at: datetime) -> set[str]:
    """Forget those that are over; the ids of the others."""
    await database.fetch(FORGET, at=at)
    return {row.id for row in await database.fetch(KNOWN)}
