"""Searches that people keep: a document of each person's account."""

import msgspec

from messenger.model import SavedSearches
from messenger.store.db import Connection
from messenger.store.rows.chats import Reader
from messenger.store.schema.tables import users
from messenger.store.sql import sa
from messenger.store.statements import Prepared

KEPT = Prepared(
    sa.select(users.c.searches).where(users.c.id == sa.bindparam("id", type_=sa.BigInteger))
)
SAVE = Prepared(
    users.update()
    .where(users.c.id == sa.bindparam("user_id"))
    .values(searches=sa.bindparam("kept"))
)


async def kept(reader: Reader, user_id: int) -> SavedSearches:
    """What a person keeps; nothing where they never kept any."""
    row = await reader.fetch_one(KEPT, id=user_id)
    return msgspec.convert((row and row.searches) or {}, SavedSearches)


async def save(connection: Connection, user_id: int, searches: SavedSearches) -> None:
    await connection.put(SAVE, user_id=user_id, kept=msgspec.to_builtins(searches))
