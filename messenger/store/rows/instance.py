"""This history of the database: its epoch, and the one process that serves it."""

import secrets
from datetime import datetime
from decimal import Decimal

import msgspec

from messenger.store.db import Connection, Database
from messenger.store.serving import LEADING, SERVING
from messenger.store.sql import sa
from messenger.store.statements import Prepared

READ = Prepared(
    sa.text(
        """
        select (select value from instance where name = 'epoch') as epoch,
               (select value from instance where name = 'turn') as turn,
               (select value from instance where name = 'history') as stored,
               (select system_identifier from pg_control_system())
               || '/' || case when pg_is_in_recovery()
                              then (select timeline_id from pg_control_checkpoint())
                              else cast(cast('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
                                             as bit(32)) as integer) end as history
        """
    )
)
"""The timeline is that of what is written now: a standby that was promoted a moment ago names its
old one in the control file until a checkpoint is done."""
SAVE = Prepared(
    sa.text(
        """
        insert into instance (name, value) values ('epoch', :epoch), ('history', :history)
        on conflict (name) do update set value = excluded.value
        """
    )
)
LEAVE = Prepared(sa.text("update instance set value = 'left' where name = 'history'"))
# A deployment that begins has nobody in it yet: only what goes on elsewhere is told.
RECORD = Prepared(
    sa.text(
        """
        insert into audit (at, action, details)
        select now(), 'instance.restore', jsonb_build_object('epoch', cast(:epoch as bigint))
        where exists (select from users)
        """
    )
)
TAKE_TURN = Prepared(
    sa.text(
        """
        insert into instance (name, value) values ('turn', '1')
        on conflict (name) do update set value = cast(cast(instance.value as bigint) + 1 as text)
        returning value
        """
    )
)
SESSION = Prepared(
    sa.text(
        """
        select pid, extract(epoch from backend_start) as began
        from pg_stat_activity where pid = pg_backend_pid()
        """
    )
)
END = Prepared(
    sa.text(
        """
        select pg_terminate_backend(pid) as ended from pg_stat_activity
        where pid = :pid and extract(epoch from backend_start) = :began
        """
    )
)
TRY_LOCK = Prepared(sa.text(f"select pg_try_advisory_lock({SERVING}) as taken"))
TRY_SHARE_LOCK = Prepared(sa.text(f"select pg_try_advisory_lock_shared({SERVING}) as taken"))
SHARE_LOCK = Prepared(
    sa.text(f"select pg_advisory_lock_shared({SERVING}), pg_advisory_unlock({SERVING}) as let_go")
)
TRY_LEAD = Prepared(sa.text(f"select pg_try_advisory_lock({LEADING}) as taken"))
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

    async def work(connection: Connection) -> None:
        await connection.put(SAVE, epoch=str(fresh), history=row.history)
        # Accounts that a command made ahead of the first start are no other history.
        if row.stored is not None:
            await connection.put(RECORD, epoch=fresh)

    await database.transact(work)
    return fresh


class Standing(msgspec.Struct, frozen=True):
    """Which history this is (None: one that has no number yet), and whose turn at serving."""

    epoch: int | None
    turn: int


async def standing(connection: Connection) -> Standing:
    """Where the database stands; changes nothing."""
    row = await connection.fetch_one(READ)
    assert row is not None
    known = row.epoch is not None and row.stored == row.history
    return Standing(int(row.epoch) if known else None, int(row.turn or 0))


async def renew(connection: Connection) -> None:
    """Make this another history: what was handed out is not what is stored."""
    row = await connection.fetch_one(READ)
    assert row is not None
    await connection.fetch(SAVE, epoch=str(secrets.randbits(48)), history=row.history)


async def take_turn(connection: Connection) -> int:
    """The next number of a serving process: what one with an earlier number appends is refused."""
    row = await connection.fetch_one(TAKE_TURN)
    assert row is not None
    return int(row.value)


class Session(msgspec.Struct, frozen=True):
    """One session of PostgreSQL; the number alone is given to others later."""

    pid: int
    began: Decimal


async def session(connection: Connection) -> Session:
    """This connection's."""
    row = await connection.fetch_one(SESSION)
    assert row is not None
    return Session(row.pid, row.began)


async def end(connection: Connection, old: Session) -> None:
    """End a lost session of this process, which PostgreSQL may keep open for long."""
    await connection.fetch(END, pid=old.pid, began=old.began)


async def try_lock(connection: Connection) -> bool:
    """Become the one serving process; held as long as the connection."""
    row = await connection.fetch_one(TRY_LOCK)
    return bool(row and row.taken)


async def try_share_lock(connection: Connection) -> bool:
    """Become one of several serving processes; false beside one that serves alone."""
    row = await connection.fetch_one(TRY_SHARE_LOCK)
    return bool(row and row.taken)


async def share_lock(connection: Connection) -> None:
    """Let others serve beside this process, which holds the lock alone."""
    await connection.fetch(SHARE_LOCK)


async def try_lead(connection: Connection) -> bool:
    """Become the one that reads the log for all; held as long as the connection."""
    row = await connection.fetch_one(TRY_LEAD)
    return bool(row and row.taken)


async def alive(database: Database) -> None:
    """Ask the database anything; raises Unavailable when it is away."""
    await database.fetch_one(ALIVE)


async def forget_sessions(database: Database, before: datetime) -> None:
    """Drop sessions that ended before a moment."""
    await database.fetch(KEEP_UNTIL, before=before)
