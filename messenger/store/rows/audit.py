"""What administrators look at: who did what to accounts, and the figures of the instance.

Records are written in the transaction of what they tell of, and never changed.
"""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from messenger.model import Role
from messenger.store.db import Connection
from messenger.store.paging import Part, fetch_part
from messenger.store.rows.chats import Reader
from messenger.store.schema.tables import Moment, audit, users
from messenger.store.sql import sa
from messenger.store.statements import Prepared, stamp

RECORD = Prepared(
    audit.insert().values(
        at=sa.bindparam("at", type_=Moment),
        by=sa.bindparam("by"),
        action=sa.bindparam("action"),
        subject=sa.bindparam("subject"),
        details=sa.bindparam("details"),
    )
)
NEWEST = Prepared(
    sa.select(
        audit.c.id,
        stamp(audit.c.at),
        audit.c.by,
        audit.c.action,
        audit.c.subject,
        audit.c.details,
    )
    .where(audit.c.id < sa.bindparam("before", type_=sa.BigInteger))
    .order_by(audit.c.id.desc())
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
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


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing done to an account; `by` is null for the server itself."""

    id: Annotated[int, Meta(description="The entry.")]
    at: str
    by: int | None = None
    action: str
    subject: int | None = None
    details: dict[str, Any] | None = None


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


async def record(
    connection: Connection,
    at: datetime,
    by: int | None,
    action: str,
    subject: int | None,
    details: dict[str, Any] | None,
) -> None:
    await connection.put(RECORD, at=at, by=by, action=action, subject=subject, details=details)


async def newest(reader: Reader, before: int, limit: int) -> Part[AuditEntry]:
    """The records before one of them, the newest first."""
    return await fetch_part(
        reader, NEWEST, lambda row: AuditEntry(**row._asdict()), limit, before=before
    )


async def figures(reader: Reader, now: datetime) -> Figures:
    """How much of everything there is."""
    people = [PeopleCount(*row) for row in await reader.fetch(PEOPLE)]
    row = await reader.fetch_one(FIGURES, now=now)
    assert row is not None
    return Figures(people=people, **row._asdict())
