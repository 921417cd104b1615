"""The rows of contents, by their SHA-256.

A content's row is there before the content is, and goes with it: who stores one claims the row
first, who removes one holds the row locked meanwhile. So the two cannot cross.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from messenger.store.db import Connection, Database
from messenger.store.schema.tables import Moment, avatars, blobs, files
from messenger.store.sql import sa
from messenger.store.statements import Prepared

SHA256 = sa.bindparam("sha256", type_=sa.LargeBinary)

# A second claim waits for whoever removes the row right now, and then makes a new one.
CLAIM = Prepared(
    sa.text(
        """
        insert into blobs (sha256, size, place, claimed_at) values (:sha256, :size, :place, :at)
        on conflict (sha256) do update set claimed_at = excluded.claimed_at
        returning place
        """
    )
)
SETTLE = Prepared(
    blobs.update()
    .where(blobs.c.sha256 == SHA256)
    .values(place=sa.bindparam("where"))
    .returning(blobs.c.sha256)
)
PLACES = Prepared(
    sa.select(blobs.c.sha256, blobs.c.size, blobs.c.place)
    .where(blobs.c.sha256 > sa.bindparam("after", type_=sa.LargeBinary))
    .order_by(blobs.c.sha256)
    .limit(1000)
)
PLACES_OF = Prepared(
    sa.select(blobs.c.sha256, blobs.c.place).where(
        blobs.c.sha256 == sa.any_(sa.bindparam("hashes", type_=sa.ARRAY(sa.LargeBinary)))
    )
)
CLAIM_STRAY = Prepared(
    sa.text(
        """
        insert into blobs (sha256, size, place, claimed_at) values (:sha256, 0, 'disk', now())
        on conflict (sha256) do nothing
        returning sha256
        """
    )
)
UNREFERENCED = Prepared(
    sa.select(blobs.c.sha256)
    .where(
        blobs.c.claimed_at < sa.bindparam("before", type_=Moment),
        ~sa.exists().where(files.c.sha256 == blobs.c.sha256),
        ~sa.exists().where(avatars.c.sha256 == blobs.c.sha256),
    )
    .limit(500)
)
LOCK = Prepared(
    sa.select(blobs.c.place, blobs.c.claimed_at).where(blobs.c.sha256 == SHA256).with_for_update()
)
REFERENCED = Prepared(
    sa.union_all(
        sa.select(files.c.id).where(files.c.sha256 == SHA256),
        sa.select(avatars.c.id).where(avatars.c.sha256 == SHA256),
    ).limit(1)
)
REMOVE = Prepared(blobs.delete().where(blobs.c.sha256 == SHA256))


async def claim(database: Database, sha256: bytes, size: int, place: str, at: datetime) -> str:
    """Say that a content is about to be stored; return the place it is in, or is to go to."""
    row = await database.fetch_one(CLAIM, sha256=sha256, size=size, place=place, at=at)
    return str(row.place) if row else place


async def settle(database: Database, sha256: bytes, place: str) -> bool:
    """Say that a content is in that place from now on; whether there is such a content."""
    return bool(await database.fetch(SETTLE, sha256=sha256, where=place))


async def places_of(database: Database, hashes: Sequence[bytes]) -> dict[bytes, str]:
    """Where these contents are, of those that have a row."""
    rows = await database.fetch(PLACES_OF, hashes=list(hashes))
    return {bytes(row.sha256): str(row.place) for row in rows}


async def is_referenced(database: Database, sha256: bytes) -> bool:
    """Whether any file or avatar has this content."""
    return await database.fetch_one(REFERENCED, sha256=sha256) is not None


async def remove_stray(
    database: Database, sha256: bytes, remove: Callable[[], Awaitable[None]]
) -> bool:
    """Let go of a content that has no row; whether it had none.

    While it is removed it has one, so that whoever uploads it at this moment waits for the end.
    """

    async def work(connection: Connection) -> bool:
        if await connection.fetch_one(CLAIM_STRAY, sha256=sha256) is None:
            return False
        await remove()
        await connection.put(REMOVE, sha256=sha256)
        return True

    return await database.transact(work)


Removal = Callable[[bytes, str], Awaitable[None]]


async def remove_unreferenced(database: Database, before: datetime, remove: Removal) -> int:
    """Let go of contents that nothing has, and nobody claimed since a moment; return how many.

    `remove` is called while the row is locked, and may be called again for what is gone already.
    """
    count = 0
    for found in await database.fetch(UNREFERENCED, before=before):
        sha256 = bytes(found.sha256)

        async def work(connection: Connection, sha256: bytes = sha256) -> int:
            row = await connection.fetch_one(LOCK, sha256=sha256)
            if row is None or row.claimed_at >= before:
                return 0
            # Looked at under the lock: from now on nothing can refer to it.
            if await connection.fetch_one(REFERENCED, sha256=sha256) is not None:
                return 0
            await remove(sha256, row.place)
            await connection.put(REMOVE, sha256=sha256)
            return 1

        count += await database.transact(work)
    return count


async def contents(database: Database, after: bytes = b"") -> list[Any]:
    """A page of the rows of contents: (sha256, size, place), by hash, after one of them."""
    return [
        (bytes(row.sha256), int(row.size), str(row.place))
        for row in await database.fetch(PLACES, after=after)
    ]
