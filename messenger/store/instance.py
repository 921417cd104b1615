"""This history of the database: its epoch, and the one process that serves it."""

import secrets
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from messenger.store.db import Connection, Database
from messenger.store.statements import Prepared

SERVING: Final = 0x6D657373
"""The advisory lock that says: a server runs on this database."""

READ = Prepared(
    sa.text(
        """
        select (select value from instance where name = 'epoch') as epoch,
               (select value from instance where name = 'history') as stored,
               (select system_identifier from pg_control_system())
               || '/' || (select timeline_id from pg_control_checkpoint()) as history
        """
    )
)
SAVE = Prepared(
    sa.text(
        """
        insert into instance (name, value) values ('epoch', :epoch), ('history', :history)
        on conflict (name) do update set value = excluded.value
        """
    )
)
TRY_LOCK = Prepared(sa.text(f"select pg_try_advisory_lock({SERVING}) as taken"))
ALIVE = Prepared(sa.text("select 1 as one"))
KEEP_UNTIL = Prepared(
    sa.text("delete from sessions where expires_at < :before or revoked_at < :before")
)


async def epoch(database: Database) -> int:
    """The number of this history: a new one after a restore, a promotion, a copy elsewhere."""
    row = await database.fetch_one(READ)
    assert row is not None
    if row.epoch is not None and row.stored == row.history:
        return int(row.epoch)
    fresh = secrets.randbits(48)
    await database.fetch(SAVE, epoch=str(fresh), history=row.history)
    return fresh


async def try_lock(connection: Connection) -> bool:
    """Become the one serving process; held as long as the connection."""
    row = await connection.fetch_one(TRY_LOCK)
    return bool(row and row.taken)


async def alive(database: Database) -> None:
    """Ask the database anything; raises Unavailable when it is away."""
    await database.fetch_one(ALIVE)


async def forget_sessions(database: Database, before: datetime) -> None:
    """Drop sessions that ended before a moment."""
    await database.fetch(KEEP_UNTIL, before=before)
