"""Devices that are pushed to. One is live while its session is and its account is not locked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import msgspec

from messenger.model import PushSubscription
from messenger.store.db import Connection, Database
from messenger.store.rows.chats import Reader
from messenger.store.rows.sessions import LIVE, NOW
from messenger.store.schema.tables import Key, push_subscriptions, sessions, users
from messenger.store.sql import postgresql, sa
from messenger.store.statements import UNHURRIED, Prepared, stamp

MOST: Final = 20
"""Devices of one person; the one that was of use the longest ago makes room."""
UNUSED: Final = timedelta(days=60)
"""One that has only failed for so long is given up."""

table = push_subscriptions
ID = sa.bindparam("id", type_=Key)
USER = sa.bindparam("user", type_=sa.BigInteger)
KEY_ID = sa.bindparam("key_id", type_=sa.Text)
JOINED = table.join(sessions, sessions.c.id == table.c.session_id).join(
    users, users.c.id == sessions.c.user_id
)
IS_LIVE = sa.and_(
    LIVE, sessions.c.expires_at > NOW, users.c.disabled_at.is_(None), table.c.key_id == KEY_ID
)
TARGET = (
    table.c.id, table.c.user_id, table.c.endpoint, table.c.p256dh, table.c.auth, table.c.locale,
)  # fmt: skip
USED_AT = sa.func.greatest(table.c.created_at, table.c.succeeded_at)

FAILURE = ("failed_at", "error", "error_code", "error_status")
_WRITE = postgresql.insert(table)
_SAID = ("user_id", "session_id", "p256dh", "auth", "key_id", "user_agent", "locale")
PUT = Prepared(
    _WRITE.on_conflict_do_update(
        index_elements=["endpoint"],
        # Its failures were those of the keys and the account it had.
        set_={**{name: _WRITE.excluded[name] for name in _SAID}, **dict.fromkeys(FAILURE)},
    ).returning(table.c.id)
)
THERE_ARE = Prepared(sa.select(sa.select(table.c.id).exists()))
MAKE_ROOM = Prepared(
    table.delete()
    .where(
        table.c.id.in_(
            sa.select(table.c.id)
            .where(table.c.user_id == USER, table.c.id != ID)
            .order_by(USED_AT.desc(), table.c.id)
            .offset(sa.literal_column(str(MOST - 1)))
        )
    )
    .returning(table.c.id)
)
LOCK_USER = Prepared(
    sa.select(users.c.id).where(users.c.id == USER).with_for_update(key_share=True)
)
MINE = Prepared(
    sa.select(
        table.c.id,
        sessions.c.device,
        table.c.endpoint,
        table.c.user_agent,
        table.c.locale,
        stamp(table.c.created_at),
        stamp(table.c.succeeded_at),
        stamp(table.c.failed_at),
        table.c.error,
        table.c.error_code,
        table.c.error_status,
        stamp(table.c.received_at),
        table.c.session_id,
    )
    .select_from(JOINED)
    .where(table.c.user_id == USER, IS_LIVE)
    .order_by(table.c.created_at.desc(), table.c.id)
)
LIVE_ONES = Prepared(
    sa.select(table.c.id, table.c.user_id, table.c.endpoint).select_from(JOINED).where(IS_LIVE)
)
TARGETS = Prepared(
    sa.select(*TARGET)
    .select_from(JOINED)
    .where(
        # A prepared statement takes no text for a uuid.
        table.c.id == sa.any_(sa.cast(sa.bindparam("ids", type_=sa.ARRAY(sa.Text)), sa.ARRAY(Key))),
        IS_LIVE,
    ),
    kept=True,
)
REMOVE = Prepared(table.delete().where(table.c.id == ID, table.c.user_id == USER))
REPLACE = Prepared(
    table.delete()
    .where(table.c.endpoint == sa.bindparam("endpoint"), table.c.user_id == USER)
    .returning(table.c.id)
)
DROP = Prepared(
    table.delete().where(table.c.id == sa.any_(sa.bindparam("ids", type_=sa.ARRAY(Key))))
)
SUCCEEDED = Prepared(
    table.update()
    .where(table.c.id == sa.any_(sa.bindparam("ids", type_=sa.ARRAY(Key))))
    .values(succeeded_at=NOW, error=None, error_code=None, error_status=None),
    limits=UNHURRIED,
)
FAILED = Prepared(
    table.update()
    .where(table.c.id == ID)
    .values(
        failed_at=NOW,
        error=sa.bindparam("words"),
        error_code=sa.bindparam("code"),
        error_status=sa.bindparam("status"),
    ),
    limits=UNHURRIED,
)
TESTED = Prepared(
    table.update().where(table.c.id == ID).values(test_id=sa.bindparam("test"), received_at=None)
)
RECEIVED = Prepared(
    table.update()
    .where(table.c.test_id == sa.bindparam("test", type_=Key), table.c.user_id == USER)
    .values(received_at=NOW)
    .returning(table.c.id)
)
TIDY = Prepared(
    sa.text(
        """
        delete from push_subscriptions p using sessions s, users u
        where s.id = p.session_id and u.id = s.user_id
              and (s.revoked_at is not null or s.expires_at < :now or u.disabled_at is not null
                   or p.key_id <> :key_id
                   or (p.failed_at > coalesce(p.succeeded_at, p.created_at)
                       and coalesce(p.succeeded_at, p.created_at) < :before))
        """
    )
)


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a browser says of its subscription."""

    endpoint: str
    p256dh: str
    auth: str
    user_agent: str
    locale: str


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a push was not taken: in words, for programs, and the HTTP status there was."""

    words: str
    code: str | None
    status: int | None


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where a push goes, and what it is encrypted with."""

    id: str
    user_id: int
    endpoint: str
    p256dh: str
    auth: str
    locale: str


def host_of(endpoint: str) -> str:
    """The push service of an endpoint."""
    return urlsplit(endpoint).netloc.lower()


async def put(
    database: Database,
    id: str,
    user_id: int,
    session_id: str,
    key_id: str,
    said: Said,
    at: datetime,
) -> tuple[str, list[str]]:
    """Keep a subscription, once for each endpoint; its id, and those that made room for it."""

    async def work(connection: Connection) -> tuple[str, list[str]]:
        # Two at once would both find room.
        await connection.fetch(LOCK_USER, user=user_id)
        row = await connection.fetch_one(
            PUT,
            id=id,
            user_id=user_id,
            session_id=session_id,
            key_id=key_id,
            created_at=at,
            **dict.fromkeys(("succeeded_at", *FAILURE, "test_id")),
            received_at=None,
            **msgspec.structs.asdict(said),
        )
        assert row is not None
        gone = await connection.fetch(MAKE_ROOM, user=user_id, id=row.id)
        return row.id, [each.id for each in gone]

    return await database.transact(work)


async def of(
    reader: Reader, user_id: int, session_id: str, key_id: str, now: datetime
) -> list[PushSubscription]:
    """A person's live subscriptions, the newest first."""
    rows = await reader.fetch(MINE, user=user_id, key_id=key_id, now=now)
    return [
        PushSubscription(
            id=row.id,
            device=row.device,
            service=host_of(row.endpoint),
            user_agent=row.user_agent,
            locale=row.locale,
            created_at=row.created_at,
            succeeded_at=row.succeeded_at,
            failed_at=row.failed_at,
            error=row.error,
            error_code=row.error_code,
            error_status=row.error_status,
            received_at=row.received_at,
            current=row.session_id == session_id,
        )
        for row in rows
    ]


async def there_are(reader: Reader) -> bool:
    """Whether anybody ever subscribed: without, no key is asked for."""
    (row,) = await reader.fetch(THERE_ARE)
    return bool(row[0])


async def live(reader: Reader, key_id: str, now: datetime) -> list[tuple[str, int, str]]:
    """All live ones: id, person, push service."""
    rows = await reader.fetch(LIVE_ONES, key_id=key_id, now=now)
    return [(row.id, row.user_id, host_of(row.endpoint)) for row in rows]


async def targets(
    reader: Reader, ids: Sequence[str], key_id: str, now: datetime
) -> dict[str, Target]:
    """Those of them that may be pushed to now."""
    rows = await reader.fetch(TARGETS, ids=list(ids), key_id=key_id, now=now)
    return {row.id: Target(**row._asdict()) for row in rows}


async def remove(database: Database, user_id: int, id: str) -> None:
    await database.fetch(REMOVE, id=id, user=user_id)


async def replace(database: Database, user_id: int, endpoint: str) -> list[str]:
    """Forget a person's endpoint that has become another one; the subscription it had."""
    rows = await database.fetch(REPLACE, user=user_id, endpoint=endpoint)
    return [row.id for row in rows]


async def drop(database: Database, ids: Sequence[str]) -> None:
    """Forget what push services do not know any more."""
    await database.fetch(DROP, ids=list(ids))


async def succeeded(database: Database, ids: Sequence[str], now: datetime) -> None:
    await database.fetch(SUCCEEDED, ids=list(ids), now=now)


async def failed(database: Database, id: str, failure: Failure, now: datetime) -> None:
    await database.fetch(FAILED, id=id, now=now, **msgspec.structs.asdict(failure))


async def tested(database: Database, id: str, test_id: str) -> None:
    await database.fetch(TESTED, id=id, test=test_id)


async def received(database: Database, user_id: int, test_id: str, now: datetime) -> bool:
    """Note that a device got its test; False where there is no such test of this person's."""
    rows = await database.fetch(RECEIVED, test=test_id, user=user_id, now=now)
    return bool(rows)


async def tidy(database: Database, key_id: str, now: datetime) -> None:
    """Forget those that ended with their session, account or key, or have failed for long."""
    await database.fetch(TIDY, now=now, key_id=key_id, before=now - UNUSED)
