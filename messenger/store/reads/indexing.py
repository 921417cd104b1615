"""What the index of the search is made of, where there is none yet: ids, the latest first."""

from messenger.store.rows.chats import Reader
from messenger.store.sql import sa
from messenger.store.statements import Prepared

USERS_BELOW = Prepared(sa.text("select id from users where id < :id order by id desc limit :limit"))
CHATS_BELOW = Prepared(
    sa.text(
        """
        select c.id, s.n from chats c join streams s on s.id = c.id
        where c.id < :id and c.deleted_at is null order by c.id desc limit :limit
        """
    )
)
TASKS_BELOW = Prepared(
    sa.text(
        """
        select id from tasks where id < :id and deleted_at is null order by id desc limit :limit
        """
    )
)
TOTAL = Prepared(
    sa.text(
        """
        select coalesce(sum(s.n), 0) as n from chats c join streams s on s.id = c.id
        where c.deleted_at is null
        """
    )
)


async def users_below(reader: Reader, id: int, limit: int) -> list[int]:
    return [row.id for row in await reader.fetch(USERS_BELOW, id=id, limit=limit)]


async def chats_below(reader: Reader, id: int, limit: int) -> list[tuple[int, int]]:
    """Chats that are there, and how many messages each was given."""
    rows = await reader.fetch(CHATS_BELOW, id=id, limit=limit)
    return [(row.id, row.n) for row in rows]


async def tasks_below(reader: Reader, id: int, limit: int) -> list[int]:
    return [row.id for row in await reader.fetch(TASKS_BELOW, id=id, limit=limit)]


async def total(reader: Reader) -> int:
    """Messages that all chats were given."""
    row = await reader.fetch_one(TOTAL)
    return int(row.n) if row else 0
