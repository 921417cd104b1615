"""Invitations: who may register when registration is not open to everybody.

An invitation's code is not stored: it is its id and a signature, so that an
administrator can be shown it again, and a stolen table invites nobody.
"""

import base64
import binascii
import hashlib
import hmac
import uuid
from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec
import sqlalchemy as sa
from msgspec import Meta
from sqlalchemy.dialects.postgresql import aggregate_order_by

from messenger.errors import IdempotencyMismatch, NotFound
from messenger.model import Role
from messenger.storage import Duplicate
from messenger.store.db import Connection, Database
from messenger.store.paging import Part, fetch_part
from messenger.store.rows import audit
from messenger.store.rows.chats import Reader
from messenger.store.rows.rights import check_administrator
from messenger.store.schema.tables import Key, Moment, invites, request_keys, users
from messenger.store.statements import Prepared, stamp

SIGNATURE_BYTES: Final = 8
"""A code can only be tried on the server, a few times a minute: 64 bits keep the link short."""
LIFETIME: Final = timedelta(days=7)

_before = invites.alias("before")
ID = sa.bindparam("invite_id", type_=Key)
NOW = sa.bindparam("now", type_=Moment)
COLUMNS = (
    invites.c.id,
    invites.c.role,
    invites.c.created_by,
    stamp(invites.c.created_at),
    stamp(invites.c.expires_at),
    invites.c.uses,
    invites.c.uses_left,
    stamp(invites.c.revoked_at),
)
# The server's own have no maker. Whoever is no administrator any more invites nobody.
MAKER = (
    sa.select(users.c.id)
    .where(
        users.c.id == invites.c.created_by,
        users.c.role == sa.literal_column("'admin'"),
        users.c.disabled_at.is_(None),
    )
    .correlate(invites)
    .exists()
)
OPEN = sa.and_(
    invites.c.uses_left > 0,
    invites.c.revoked_at.is_(None),
    sa.or_(invites.c.created_by.is_(None), MAKER),
)
GOOD = sa.and_(OPEN, invites.c.expires_at > NOW)
CREATE = Prepared(
    invites.insert()
    .values(
        id=ID,
        role=sa.bindparam("role"),
        created_by=sa.bindparam("created_by"),
        created_at=NOW,
        expires_at=sa.bindparam("expires_at", type_=Moment),
        uses_left=sa.bindparam("uses"),
        uses=sa.bindparam("uses"),
    )
    .returning(*COLUMNS)
)
BY_ID = Prepared(sa.select(*COLUMNS).where(invites.c.id == ID))
FIND = Prepared(sa.select(*COLUMNS).where(invites.c.id == ID, GOOD))
USE = Prepared(
    invites.update()
    .where(
        invites.c.id == ID,
        OPEN,
        invites.c.expires_at > sa.func.coalesce(NOW, sa.func.now()),
    )
    .values(uses_left=invites.c.uses_left - sa.literal_column("1"))
    .returning(invites.c.id)
)
FIRST = Prepared(
    sa.text(
        """
        select exists (select from users where role = 'admin' and disabled_at is null)
                   as administered,
               (select id from invites
                where created_by is null and role = 'admin' and uses_left > 0 and expires_at > :now
                  and revoked_at is null
                order by created_at desc limit 1) as id
        """
    )
)
LIST = Prepared(
    sa.select(
        *COLUMNS,
        GOOD.label("good"),
        sa.func.coalesce(
            sa.select(sa.func.array_agg(aggregate_order_by(users.c.id, users.c.id)))
            .where(users.c.invite_id == invites.c.id)
            .correlate(invites)
            .scalar_subquery(),
            sa.literal_column("'{}'::bigint[]"),
        ).label("user_ids"),
    )
    .where(
        sa.tuple_(invites.c.created_at, invites.c.id)
        < sa.tuple_(
            sa.func.coalesce(
                sa.select(_before.c.created_at)
                .where(_before.c.id == sa.bindparam("before", type_=Key))
                .scalar_subquery(),
                sa.literal_column("'infinity'::timestamptz"),
            ),
            sa.func.coalesce(
                sa.bindparam("before", type_=Key),
                sa.literal_column("'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid"),
            ),
        )
    )
    .order_by(invites.c.created_at.desc(), invites.c.id.desc())
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
REVOKE = Prepared(
    invites.update()
    .where(invites.c.id == ID, invites.c.revoked_at.is_(None))
    .values(revoked_at=NOW, revoked_by=sa.bindparam("revoker", type_=sa.BigInteger))
    .returning(invites.c.id)
)
VOID = Prepared(
    invites.update()
    .where(
        invites.c.created_by.is_not_distinct_from(sa.bindparam("maker", type_=sa.BigInteger)),
        # Of the server's own, those to the seat of an administrator.
        sa.or_(invites.c.created_by.is_not(None), invites.c.role == sa.literal_column("'admin'")),
        invites.c.revoked_at.is_(None),
        invites.c.uses_left > 0,
    )
    .values(revoked_at=NOW, revoked_by=sa.bindparam("revoker", type_=sa.BigInteger))
    .returning(invites.c.id)
)
TAKE_KEY = Prepared(request_keys.insert())
FIND_KEY = Prepared(
    sa.select(request_keys.c.digest).where(
        request_keys.c.user_id == sa.bindparam("user_id"), request_keys.c.key == sa.bindparam("key")
    )
)


class Invite(msgspec.Struct, frozen=True, kw_only=True):
    id: Annotated[str, Meta(description="The invitation.")]
    role: Role
    created_by: int | None = None
    created_at: str
    expires_at: str
    uses: int
    uses_left: int
    revoked_at: str | None = None


class Listed(Invite, frozen=True, kw_only=True):
    """An invitation with who came by it; `good` while somebody still can."""

    good: Annotated[bool, Meta(description="Whether it can still be used.")]
    user_ids: list[int]


def code_of(secret: bytes, invite_id: str) -> str:
    """Write an invitation's code, as it stands in a link."""
    name = uuid.UUID(invite_id).bytes
    signature = hmac.digest(secret, b"messenger/invite/" + name, "sha256")[:SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(name + signature).decode()


def link(base_url: str, code: str) -> str:
    """The address at which a code is used."""
    return f"{base_url}/#/invite/{code}"


def id_of(secret: bytes, code: str) -> str | None:
    """Read the id out of a code; None when it is not one of ours."""
    try:
        name = base64.b64decode(code.encode(), altchars=b"-_", validate=True)[:16]
        invite_id = str(uuid.UUID(bytes=name))
    except (binascii.Error, ValueError):
        return None
    return invite_id if hmac.compare_digest(code_of(secret, invite_id), code) else None


async def create(
    database: Database,
    by: int | None,
    role: Role,
    uses: int,
    lifetime: timedelta,
    now: datetime,
    key: str | None = None,
) -> Invite:
    """Make an invitation, once per key, and record who did.

    Raises IdempotencyMismatch, and Forbidden for who is no administrator any more.
    """
    asked = hashlib.sha256(f"invite.create {role} {uses} {lifetime}".encode()).digest()
    # The key decides the id, so that a repeat finds what was made.
    invite_id = str(uuid.uuid4() if key is None else uuid.uuid5(uuid.NAMESPACE_OID, f"{by} {key}"))

    async def work(connection: Connection) -> Invite:
        await check_administrator(connection, by)
        if key is not None:
            await connection.fetch(
                TAKE_KEY, user_id=by, key=key, digest=asked, subject=None, at=now
            )
        row = await connection.fetch_one(
            CREATE,
            invite_id=invite_id,
            role=role,
            created_by=by,
            now=now,
            expires_at=now + lifetime,
            uses=uses,
        )
        assert row is not None
        details = {"invite": invite_id, "role": role, "uses": uses}
        await audit.record(connection, now, by, "invite.create", None, details)
        return Invite(**row._asdict())

    try:
        return await database.transact(work)
    except Duplicate:
        taken = await database.fetch_one(FIND_KEY, user_id=by, key=key)
        made = await database.fetch_one(BY_ID, invite_id=invite_id)
        if taken is None or made is None or bytes(taken.digest) != asked:
            raise IdempotencyMismatch from None
        return Invite(**made._asdict())


async def find(reader: Reader, invite_id: str, now: datetime) -> Invite | None:
    """Read an invitation that is still good."""
    row = await reader.fetch_one(FIND, invite_id=invite_id, now=now)
    return Invite(**row._asdict()) if row else None


async def use(connection: Connection, invite_id: str, now: datetime | None = None) -> bool:
    """Take one use of an invitation; False when it is used up, or over by now."""
    return await connection.fetch_one(USE, invite_id=invite_id, now=now) is not None


async def page(reader: Reader, before: str | None, limit: int, now: datetime) -> Part[Listed]:
    """Invitations, the newest first, from before one of them."""
    return await fetch_part(
        reader, LIST, lambda row: Listed(**row._asdict()), limit, before=before, now=now
    )


async def revoke(database: Database, invite_id: str, by: int | None, now: datetime) -> None:
    """Take an invitation back; raises NotFound. Twice is once."""

    async def work(connection: Connection) -> None:
        await check_administrator(connection, by)
        taken = await connection.fetch_one(REVOKE, invite_id=invite_id, now=now, revoker=by)
        if taken is not None:
            await audit.record(connection, now, by, "invite.revoke", None, {"invite": invite_id})
        elif await connection.fetch_one(BY_ID, invite_id=invite_id) is None:
            raise NotFound("There is no such invitation.")

    await database.transact(work)


async def void(connection: Connection, maker: int | None, by: int | None, now: datetime) -> None:
    """Take back all that somebody invited to; with null, to the server's first seat."""
    for row in await connection.fetch(VOID, maker=maker, now=now, revoker=by):
        details = {"invite": row.id, "maker": maker}
        await audit.record(connection, now, by, "invite.revoke", None, details)


async def first_admin(database: Database, secret: bytes, now: datetime) -> str | None:
    """The code that makes the first administrator; None once there is one.

    A restart before it was used gives the same code again.
    """
    row = await database.fetch_one(FIRST, now=now)
    assert row is not None
    if row.administered:
        return None
    if row.id is not None:
        return code_of(secret, row.id)
    invite = await create(database, None, "admin", 1, LIFETIME, now)
    return code_of(secret, invite.id)
