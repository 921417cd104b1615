"""Avatars: pictures of people and chats, each in several sizes.

`avatar_url` of a person or a chat says which one is theirs now. What no address names any more is
kept for a while, and goes with the sweep.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from messenger.errors import NotFound, Unavailable
from messenger.model import Identity
from messenger.store.db import Connection, Database
from messenger.store.driver import Dangling
from messenger.store.rows.chats import JOINED, visible_chats
from messenger.store.rows.quotas import ALONE, Quotas, check_quotas
from messenger.store.rows.users import seen_by
from messenger.store.schema.tables import Key, Moment, avatars, blobs, chats, users
from messenger.store.sql import sa
from messenger.store.statements import Prepared

ADDRESS: Final = "/api/v1/files/avatars/"
"""Below the path of the files' cookie: pictures in a page send no header with a token."""


class Stored(msgspec.Struct, frozen=True):
    """One size of an avatar, and where its content is kept."""

    sha256: bytes
    size: int
    place: str


class Square(msgspec.Struct, frozen=True):
    """One size of an avatar that was stored, on its way to become one."""

    side: int
    sha256: bytes
    size: int


VIEWER = sa.bindparam("viewer", type_=sa.BigInteger)
URL = sa.bindparam("url", type_=sa.Text)
OF_PERSON = (
    sa.select(sa.literal_column("1"))
    .select_from(users)
    .where(
        users.c.id == avatars.c.stream_id,
        users.c.avatar_url == URL,
        seen_by(VIEWER, sa.bindparam("is_guest", type_=sa.Boolean)),
    )
    .correlate(avatars)
    .exists()
)
OF_CHAT = (
    sa.select(sa.literal_column("1"))
    .select_from(JOINED)
    .where(chats.c.id == avatars.c.stream_id, chats.c.avatar_url == URL, visible_chats(VIEWER))
    .correlate(avatars)
    .exists()
)
READABLE = Prepared(
    sa.select(avatars.c.sha256, blobs.c.size, blobs.c.place)
    .select_from(avatars.join(blobs, blobs.c.sha256 == avatars.c.sha256))
    .where(
        avatars.c.id == sa.bindparam("id", type_=Key),
        avatars.c.side == sa.bindparam("side", type_=sa.Integer),
        sa.or_(OF_PERSON, OF_CHAT),
    )
)
ADD = Prepared(
    sa.text(
        """
        insert into avatars (id, side, stream_id, maker_id, sha256, size, created_at)
        select :id, side, :stream, :maker, decode(sha256, 'hex'), size, :at
        from json_to_recordset(:squares) as t(side integer, sha256 text, size bigint)
        on conflict (id, side) do update set created_at = excluded.created_at
        """
    )
)
# An address is given within seconds of the picture: what was made before and has none gets none.
REMOVE_UNUSED = Prepared(
    sa.text(
        f"""
        delete from avatars where (id, side) in (
            select id, side from avatars a
            where created_at < :before
              and not exists (select from users
                              where id = a.stream_id and avatar_url = '{ADDRESS}' || a.id)
              and not exists (select from chats
                              where id = a.stream_id and avatar_url = '{ADDRESS}' || a.id)
            order by created_at limit 500 for update skip locked)
        returning id
        """
    ).bindparams(sa.bindparam("before", type_=Moment))
)


async def add(
    database: Database,
    id: str,
    stream_id: int,
    maker_id: int,
    squares: Sequence[Square],
    quotas: Quotas,
    at: datetime,
) -> None:
    """Make an avatar of stored contents; one that is there already is kept for longer.

    Raises QuotaExceeded, and Unavailable when a content went away meanwhile, which a repeat mends.
    """
    rows = [{**msgspec.structs.asdict(each), "sha256": each.sha256.hex()} for each in squares]

    async def work(connection: Connection) -> None:
        if quotas.limited:
            await connection.fetch(ALONE)
        await connection.put(
            ADD,
            id=id,
            stream=stream_id,
            maker=maker_id,
            squares=msgspec.json.encode(rows).decode(),
            at=at,
        )
        await check_quotas(connection, maker_id, quotas)

    try:
        await database.transact(work)
    except Dangling:
        raise Unavailable from None


async def readable(database: Database, who: Identity, id: str, side: int) -> Stored:
    """One size of the picture that a person or a chat has now; raises NotFound for who may not see
    them.
    """
    row = await database.fetch_one(
        READABLE,
        id=id,
        side=side,
        url=ADDRESS + id,
        viewer=who.user_id,
        is_guest=who.role == "guest",
    )
    if row is None:
        raise NotFound("There is no such picture, or you may not see it.")
    return Stored(bytes(row.sha256), int(row.size), str(row.place))


async def remove_unused(database: Database, before: datetime) -> int:
    """Forget avatars that nobody has, of those made before a moment; returns how many sizes."""
    return len(await database.fetch(REMOVE_UNUSED, before=before))
