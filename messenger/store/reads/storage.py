"""How much room everything takes, by kind; as far as the database knows of it."""

import msgspec

from messenger.store.rows.chats import Reader
from messenger.store.sql import sa
from messenger.store.statements import Prepared

TAKEN = Prepared(
    sa.text(
        """
        select pg_database_size(current_database()) as database_bytes,
               count(*) as files, cast(coalesce(sum(size), 0) as bigint) as files_bytes
        from blobs
        """
    )
)


class Taken(msgspec.Struct, frozen=True):
    """The database, and the contents of files, each counted once, wherever they are kept."""

    database_bytes: int
    files: int
    files_bytes: int


async def taken(reader: Reader) -> Taken:
    row = await reader.fetch_one(TAKEN)
    assert row is not None
    return Taken(**row._asdict())
