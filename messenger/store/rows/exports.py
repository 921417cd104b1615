"""What people take along: one export of each at a time, for a day."""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import uuid4

import msgspec
from msgspec import Meta

from messenger.store.db import Database
from messenger.store.rows.chats import Reader
from messenger.store.sql import sa
from messenger.store.statements import Prepared, stamped

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
        """
    )
)
WAITING = Prepared(
    sa.text("select user_id, id from exports where state = 'waiting' order by asked_at")
)
KNOWN = Prepared(sa.text("select id from exports"))
END = Prepared(
    sa.text(
        "update exports set state = :state, bytes = :bytes, until = :until"
        " where id = :id and state = 'waiting'"
    )
)
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
    """Have one made, unless there is one; answers with the one there is now."""
    await database.fetch(ASK, user=user_id, id=str(uuid4()), at=at)
    return await find(database, user_id)


async def remove(database: Database, user_id: int) -> None:
    """Forget it; its file goes with the job's next run."""
    await database.fetch(REMOVE, user=user_id)


async def waiting(reader: Reader) -> list[tuple[int, str]]:
    """Person and id of those that are to be made, the oldest first."""
    return [(row.user_id, row.id) for row in await reader.fetch(WAITING)]


async def ended(database: Database, id: str, bytes: int | None, until: datetime | None) -> None:
    """It is ready, or without a size it has failed."""
    state = "failed" if bytes is None else "ready"
    await database.fetch(END, id=id, state=state, bytes=bytes, until=until)


async def known(database: Database, at: datetime) -> set[str]:
    """Forget those that are over; the ids of the others."""
    await database.fetch(FORGET, at=at)
    return {row.id for row in await database.fetch(KNOWN)}
