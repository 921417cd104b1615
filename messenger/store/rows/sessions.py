"""Signed-in devices: opened by a login, listed, ended by revocation; `refreshing` rotates them.

Ending sessions belongs to their owner's actor, which closes the sockets as well.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from messenger.model import Identity, Session
from messenger.protocol.command import Uuid
from messenger.store.db import Connection, Database, Row
from messenger.store.paging import Part, fetch_part
from messenger.store.rows import audit
from messenger.store.rows.chats import Reader
from messenger.store.schema.tables import Key, Moment, sessions, users
from messenger.store.sql import ARRAY, sa
from messenger.store.statements import Prepared, stamp

TOUCH_EVERY: Final = timedelta(minutes=5)
"""Fine enough for a list of devices, and no write for every request."""

ID = sa.bindparam("session_id", type_=Key)
OWNER = sa.bindparam("user_id", type_=sa.BigInteger)
NOW = sa.bindparam("now", type_=Moment)
LIVE = sessions.c.revoked_at.is_(None)
OF_USER = sessions.join(users, users.c.id == sessions.c.user_id)

AFTER_AT = sa.bindparam("after_at", type_=Moment)
AFTER_ID = sa.bindparam("after_id", type_=Key)
# As precise as the cursor that is compared with it.
USED_AT = sa.func.date_trunc(sa.literal_column("'milliseconds'"), sessions.c.last_used_at)

# The row of the user is locked and its hash compared: a password changed, or an account disabled,
# between the check of the password and this statement leaves no session behind.
OPEN = Prepared(
    sessions.insert()
    .from_select(
        ["id", "user_id", "device", "created_at", "rotated_at", "last_used_at", "expires_at"],
        sa.select(
            ID,
            users.c.id,
            sa.bindparam("device", type_=sa.Text),
            NOW,
            NOW,
            NOW,
            sa.bindparam("expires_at", type_=Moment),
        )
        .where(
            users.c.id == OWNER,
            users.c.disabled_at.is_(None),
            users.c.password_hash == sa.bindparam("password_hash", type_=sa.Text),
        )
        .with_for_update(read=True),
    )
    .returning(sessions.c.id)
)
TOUCH = Prepared(
    sessions.update()
    .where(
        sessions.c.id == ID,
        # Or later than now: the clock was set back.
        sa.not_(sessions.c.last_used_at.between(sa.bindparam("before", type_=Moment), NOW)),
    )
    .values(last_used_at=NOW)
)
IDENTIFY = Prepared(
    sa.select(users.c.id, users.c.username, users.c.role, users.c.must_change_password)
    .select_from(OF_USER)
    .where(sessions.c.id == ID, LIVE, sessions.c.expires_at > NOW, users.c.disabled_at.is_(None))
)
OF = Prepared(
    sa.select(
        sessions.c.id,
        sessions.c.device,
        stamp(sessions.c.created_at),
        stamp(sessions.c.last_used_at),
        stamp(sessions.c.expires_at),
    )
    .where(
        sessions.c.user_id == OWNER,
        LIVE,
        sessions.c.expires_at > NOW,
        sa.or_(
            AFTER_ID.is_(None),
            USED_AT < AFTER_AT,
            sa.and_(USED_AT == AFTER_AT, sessions.c.id > AFTER_ID),
        ),
    )
    .order_by(USED_AT.desc(), sessions.c.id)
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
OWN = Prepared(
    sa.select(sessions.c.id).where(sessions.c.id == ID, sessions.c.user_id == OWNER)
)  # fmt: skip
# Expired ones as well: locking a user out must not depend on whose clock is right.
OTHERS = Prepared(
    sa.select(sessions.c.id)
    .where(
        sessions.c.user_id == OWNER,
        LIVE,
        sessions.c.id.is_distinct_from(sa.bindparam("keep", type_=Key)),
    )
    .order_by(sessions.c.id)
)
REVOKE = Prepared(
    sessions.update()
    .where(sessions.c.id == sa.any_(sa.bindparam("ids", type_=ARRAY(Key))), LIVE)
    .values(revoked_at=NOW)
)


async def open_session(
    database: Database,
    session_id: str,
    user_id: int,
    password_hash: str,
    device: str,
    now: datetime,
    expires_at: datetime,
) -> bool:
    """Sign a device in; False when the account was disabled, or its hash is another by now."""

    async def work(connection: Connection) -> bool:
        row = await connection.fetch_one(
            OPEN,
            session_id=session_id,
            user_id=user_id,
            password_hash=password_hash,
            device=device,
            now=now,
            expires_at=expires_at,
        )
        if row is not None:
            details = {"session": session_id, "device": device}
            await audit.record(connection, now, user_id, "session.open", user_id, details)
        return row is not None

    return await database.transact(work)


def identity_of(user_id: int, session_id: str, row: Row) -> Identity:
    """Who a session is, from a row with the user's name, role and duty to change the password."""
    return Identity(
        user_id=user_id,
        session_id=session_id,
        username=row.username,
        role=row.role,
        must_change_password=row.must_change_password,
    )


async def identify(reader: Reader, session_id: str, now: datetime) -> Identity | None:
    """Say who a session is; None when it is over or its user disabled."""
    row = await reader.fetch_one(IDENTIFY, session_id=session_id, now=now)
    return identity_of(row.id, session_id, row) if row else None


async def touch(reader: Reader, session_id: str, now: datetime) -> None:
    """Note that a device was used; at most once in five minutes."""
    await reader.fetch(TOUCH, session_id=session_id, now=now, before=now - TOUCH_EVERY)


class SessionCursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a list of sessions goes on: after the one last used at `at`."""

    at: datetime
    id: Uuid


def cursor_after(session: Session | None) -> SessionCursor | None:
    """The cursor to what follows a session in the list; None for the list's beginning."""
    if session is None:
        return None
    return SessionCursor(datetime.fromisoformat(session.last_used_at), session.id)


async def of(
    reader: Reader,
    user_id: int,
    now: datetime,
    current: str | None,
    limit: int,
    after: SessionCursor | None = None,
) -> Part[Session]:
    """A page of a user's live sessions, the last used first; `current` is marked."""
    return await fetch_part(
        reader,
        OF,
        lambda row: Session(**row._asdict(), current=row.id == current),
        limit,
        user_id=user_id,
        now=now,
        after_at=after and after.at,
        after_id=after and after.id,
    )


async def owns(reader: Reader, user_id: int, session_id: str) -> bool:
    """Whether this is or was a session of this person."""
    return await reader.fetch_one(OWN, session_id=session_id, user_id=user_id) is not None


async def others(reader: Reader, user_id: int, keep: str | None) -> list[str]:
    """Ids of a person's sessions that were not revoked, but for the one kept.

    Set a new password before asking: a login that is under way either finds
    the new hash and opens nothing, or has its session in this list.
    """
    return [row.id for row in await reader.fetch(OTHERS, user_id=user_id, keep=keep)]


async def revoke(connection: Connection, session_ids: Sequence[str], at: datetime) -> None:
    await connection.put(REVOKE, ids=list(session_ids), now=at)
