"""Invitations: who may register when registration is not open.

An invitation's code is not stored: it is its id and a signature, so that an
administrator can be shown it again, and a stolen table holds no usable code.
"""

import base64
import binascii
import hmac
import uuid
from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta

from messenger.model import Invite
from messenger.storage import FirstInvite
from messenger.store.db import Connection
from messenger.store.paging import Part, fetch_part
from messenger.store.rows import audit
from messenger.store.rows.chats import Reader
from messenger.store.rows.rights import check_administrator
from messenger.store.schema.tables import Key, Moment, invites, users
from messenger.store.sql import aggregate_order_by, sa
from messenger.store.statements import Prepared, stamp

SIGNATURE_BYTES: Final = 8
"""A code can only be tried on the server, a few times a minute: 64 bits keep the link short."""

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
    invites.c.email,
)
# The server's own have no maker. Those of former administrators are void.
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
    invites.insert().values(
        id=ID,
        role=sa.bindparam("role"),
        created_by=sa.bindparam("created_by"),
        created_at=NOW,
        expires_at=sa.bindparam("expires_at", type_=Moment),
        uses_left=sa.bindparam("uses"),
        uses=sa.bindparam("uses"),
        email=sa.bindparam("email"),
    )
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
        sa.or_(sa.not_(sa.bindparam("good", type_=sa.Boolean)), GOOD),
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
        ),
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


class Listed(Invite, frozen=True, kw_only=True):
    """An invitation with the users who registered with it; `good` while it can be used."""

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
    """Read the id out of a code; None when this server did not sign it."""
    try:
        name = base64.b64decode(code.encode(), altchars=b"-_", validate=True)[:16]
        invite_id = str(uuid.UUID(bytes=name))
    except (binascii.Error, ValueError):
        return None
    return invite_id if hmac.compare_digest(code_of(secret, invite_id), code) else None


async def save(connection: Connection, invite: Invite) -> None:
    """Store a new invitation; raises Forbidden where its maker is no administrator any more."""
    await check_administrator(connection, invite.created_by)
    await connection.put(
        CREATE,
        invite_id=invite.id,
        role=invite.role,
        created_by=invite.created_by,
        now=datetime.fromisoformat(invite.created_at),
        expires_at=datetime.fromisoformat(invite.expires_at),
        uses=invite.uses,
        email=invite.email,
    )


async def by_id(reader: Reader, invite_id: str) -> Invite | None:
    row = await reader.fetch_one(BY_ID, invite_id=invite_id)
    return Invite(**row._asdict()) if row else None


async def find(reader: Reader, invite_id: str, now: datetime) -> Invite | None:
    """Read an invitation that is still good."""
    row = await reader.fetch_one(FIND, invite_id=invite_id, now=now)
    return Invite(**row._asdict()) if row else None


async def use(connection: Connection, invite_id: str, now: datetime | None = None) -> bool:
    """Take one use of an invitation; False when it is used up, or over by now."""
    return await connection.fetch_one(USE, invite_id=invite_id, now=now) is not None


async def page(
    reader: Reader, before: str | None, limit: int, now: datetime, good: bool = False
) -> Part[Listed]:
    """Invitations, the newest first, from before one of them; only `good` ones, or all."""
    return await fetch_part(
        reader, LIST, lambda row: Listed(**row._asdict()), limit, before=before, now=now, good=good
    )


async def revoke(connection: Connection, invite_id: str, by: int | None, now: datetime) -> None:
    """Take an invitation back; raises Forbidden for who is no administrator any more."""
    await check_administrator(connection, by)
    await connection.put(REVOKE, invite_id=invite_id, now=now, revoker=by)


async def void(connection: Connection, maker: int | None, by: int | None, now: datetime) -> None:
    """Revoke all invitations of a maker; with null, the server's own to the first administrator."""
    for row in await connection.fetch(VOID, maker=maker, now=now, revoker=by):
        details = {"invite": row.id, "maker": maker}
        await audit.record(connection, now, by, "invite.revoke", None, details)


async def first(reader: Reader, now: datetime) -> FirstInvite:
    """What is known of the first administrator; an invitation that is still good."""
    row = await reader.fetch_one(FIRST, now=now)
    assert row is not None
    return FirstInvite(row.administered, None if row.administered else row.id)
