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
from typing import Final

import msgspec
import sqlalchemy as sa

from messenger.errors import IdempotencyMismatch
from messenger.model import Role
from messenger.store import audit
from messenger.store.chats import Reader
from messenger.store.db import Connection, Database
from messenger.store.driver import Duplicate
from messenger.store.statements import Prepared, stamp
from messenger.store.tables import Key, Moment, invites, request_keys

SIGNATURE_BYTES: Final = 8
"""A code can only be tried on the server, a few times a minute: 64 bits keep the link short."""
LIFETIME: Final = timedelta(days=7)

ID = sa.bindparam("invite_id", type_=Key)
NOW = sa.bindparam("now", type_=Moment)
COLUMNS = (
    invites.c.id,
    invites.c.role,
    invites.c.created_by,
    stamp(invites.c.created_at),
    stamp(invites.c.expires_at),
    invites.c.uses_left,
)
GOOD = sa.and_(invites.c.uses_left > 0, invites.c.expires_at > NOW)
CREATE = Prepared(
    invites.insert()
    .values(
        id=ID,
        role=sa.bindparam("role"),
        created_by=sa.bindparam("created_by"),
        created_at=NOW,
        expires_at=sa.bindparam("expires_at", type_=Moment),
        uses_left=sa.bindparam("uses_left"),
    )
    .returning(*COLUMNS)
)
BY_ID = Prepared(sa.select(*COLUMNS).where(invites.c.id == ID))
FIND = Prepared(sa.select(*COLUMNS).where(invites.c.id == ID, GOOD))
USE = Prepared(
    invites.update()
    .where(
        invites.c.id == ID,
        invites.c.uses_left > 0,
        invites.c.expires_at > sa.func.coalesce(NOW, sa.func.now()),
    )
    .values(uses_left=invites.c.uses_left - sa.literal_column("1"))
    .returning(invites.c.id)
)
FIRST = Prepared(
    sa.text(
        """
        select exists (select from users) as peopled,
               (select id from invites
                where created_by is null and role = 'admin' and uses_left > 0 and expires_at > :now
                order by created_at desc limit 1) as id
        """
    )
)
TAKE_KEY = Prepared(request_keys.insert())
FIND_KEY = Prepared(
    sa.select(request_keys.c.digest).where(
        request_keys.c.user_id == sa.bindparam("user_id"), request_keys.c.key == sa.bindparam("key")
    )
)


class Invite(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    role: Role
    created_by: int | None = None
    created_at: str
    expires_at: str
    uses_left: int


def code_of(secret: bytes, invite_id: str) -> str:
    """Write an invitation's code, as it stands in a link."""
    name = uuid.UUID(invite_id).bytes
    signature = hmac.digest(secret, b"messenger/invite/" + name, "sha256")[:SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(name + signature).decode()


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
    """Make an invitation, once per key, and record who did; raises IdempotencyMismatch."""
    asked = hashlib.sha256(f"invite.create {role} {uses} {lifetime}".encode()).digest()
    # The key decides the id, so that a repeat finds what was made.
    invite_id = str(uuid.uuid4() if key is None else uuid.uuid5(uuid.NAMESPACE_OID, f"{by} {key}"))

    async def work(connection: Connection) -> Invite:
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
            uses_left=uses,
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


async def first_admin(database: Database, secret: bytes, now: datetime) -> str | None:
    """The code that makes the first administrator; None once anybody has an account.

    A restart before it was used gives the same code again.
    """
    row = await database.fetch_one(FIRST, now=now)
    assert row is not None
    if row.peopled:
        return None
    if row.id is not None:
        return code_of(secret, row.id)
    invite = await create(database, None, "admin", 1, LIFETIME, now)
    return code_of(secret, invite.id)
