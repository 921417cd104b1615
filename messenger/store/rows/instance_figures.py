"""The figures of the instance, for administrators."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from messenger.model import Role
from messenger.store.rows.chats import Reader
from messenger.store.schema.tables import users
from messenger.store.sql import sa
from messenger.store.statements import Prepared

PEOPLE = Prepared(
    sa.select(
        users.c.role,
        sa.func.count().filter(users.c.disabled_at.is_(None)).label("active"),
        sa.func.count(users.c.disabled_at).label("disabled"),
    )
    .group_by(users.c.role)
    .order_by(users.c.role)
)
# `n` counts the messages of each chat; the messages themselves are not scanned.
FIGURES = Prepared(
    sa.text(
        """
        select (select count(*) from sessions where revoked_at is null and expires_at > :now)
                   as sessions,
               (select count(*) from chats where deleted_at is null) as chats,
               (select coalesce(sum(n), 0)::bigint from streams) as messages,
               pg_database_size(current_database()) as database_bytes
        """
    )
)


class PeopleCount(msgspec.Struct, frozen=True):
    role: Role
    active: int
    disabled: Annotated[int, Meta(description="Accounts that are locked.")]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    people: list[PeopleCount]
    sessions: int
    chats: int
    messages: Annotated[int, Meta(description="Messages.")]
    database_bytes: int


async def figures(reader: Reader, now: datetime) -> Figures:
    """How much of everything there is."""
    people = [PeopleCount(*row) for row in await reader.fetch(PEOPLE)]
    row = await reader.fetch_one(FIGURES, now=now)
    assert row is not None
    return Figures(people=people, **row._asdict())
