"""What idempotency keys were used for: `commits` takes them, with what they stand for."""

from collections.abc import Sequence
from datetime import datetime

from messenger.storage import AskedKey, Keyed
from messenger.store.db import Database
from messenger.store.rows.chats import Ids, Reader
from messenger.store.schema.tables import request_keys
from messenger.store.sql import sa
from messenger.store.statements import Prepared

FIND = Prepared(
    sa.text(
        """
        select k.user_id, k.key, k.digest, k.subject
        from unnest(:users, cast(:keys as text[])) as asked(user_id, key)
        join request_keys k on k.user_id = asked.user_id and k.key = asked.key
        """
    ).bindparams(sa.bindparam("users", type_=Ids))
)
FORGET = Prepared(
    request_keys.delete().where(request_keys.c.at < sa.bindparam("before"))
)  # fmt: skip


async def find(reader: Reader, keys: Sequence[AskedKey]) -> dict[AskedKey, Keyed]:
    """What these request keys were used for, of those that were."""
    rows = await reader.fetch(
        FIND, users=[user_id for user_id, _ in keys], keys=[key for _, key in keys]
    )
    return {
        (row.user_id, row.key): Keyed(
            bytes(row.digest), tuple(row.subject) if row.subject else None
        )
        for row in rows
    }


async def forget(database: Database, before: datetime) -> None:
    """Drop request keys from before a moment (they are kept for 30 days)."""
    await database.fetch(FORGET, before=before)
