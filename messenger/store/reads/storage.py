"""How much room everything takes, by kind; as far as the database knows of it."""

from datetime import datetime

import msgspec

from messenger.store.rows.chats import Reader
from messenger.store.sql import sa
from messenger.store.statements import Prepared

USAGE = Prepared(
    sa.text(
        """
        select pg_database_size(current_database()) as database_bytes,
               count(*) as files, cast(coalesce(sum(size), 0) as bigint) as files_bytes
        from blobs
        """
    )
)


class Usage(msgspec.Struct, frozen=True):
    """The database, and the contents of files, each counted once, wherever they are kept."""

    database_bytes: int
    files: int
    files_bytes: int


async def usage(reader: Reader) -> Usage:
    row = await reader.fetch_one(USAGE)
    assert row is not None
    return Usage(**row._asdict())


ARCHIVED = Prepared(
    sa.text(
        """
        select count(*) as parts, cast(coalesce(sum(messages), 0) as bigint) as messages,
               cast(coalesce(sum(size), 0) as bigint) as bytes, max(last_at) as until
        from archive_parts where state in ('removing', 'done')
        """
    )
)


class Archived(msgspec.Struct, frozen=True):
    """What is in the archive, wherever its files are; `until`: when its newest entry was made."""

    parts: int
    messages: int
    bytes: int
    until: datetime | None


async def archived(reader: Reader) -> Archived:
    row = await reader.fetch_one(ARCHIVED)
    assert row is not None
    return Archived(**row._asdict())
