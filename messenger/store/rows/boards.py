"""Boards and what snapshots show of tasks: columns, cards in pages, the whole for its actor."""

import asyncio
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from messenger.model import Board, Column, Task
from messenger.storage import BoardRecord
from messenger.store.connection import AT_ONCE
from messenger.store.rows.chats import Ids, Reader
from messenger.store.rows.tasks import (
    CHAT,
    COLUMN_COLUMNS,
    SIZE,
    TASK_COLUMNS,
    column_of,
    page_of,
    task_of,
)
from messenger.store.schema.tables import columns, tasks
from messenger.store.statements import Prepared

COLUMNS_OF = Prepared(
    sa.select(*COLUMN_COLUMNS, columns.c.changed)
    .where(
        columns.c.chat_id == sa.any_(sa.bindparam("chats", type_=Ids)),
        columns.c.deleted_at.is_(None),
    )
    .order_by(columns.c.chat_id, columns.c.position)
)
LIVE = sa.and_(tasks.c.deleted_at.is_(None), tasks.c.archived_at.is_(None))
LIVE_OF = Prepared(
    sa.select(*TASK_COLUMNS, tasks.c.changed)
    .where(tasks.c.chat_id == CHAT, LIVE)
    .order_by(tasks.c.id)
)
# Open ones, and done ones still on the board: what a snapshot of a chat shows.
SHOWN_OF = Prepared(
    page_of(
        sa.select(*TASK_COLUMNS, SIZE.label("size"), sa.literal_column("0").label("day")).where(
            tasks.c.chat_id == sa.any_(sa.bindparam("chats", type_=Ids)),
            LIVE,
            sa.or_(tasks.c.closed_at.is_(None), tasks.c.column_id.is_not(None)),
            tasks.c.id > sa.bindparam("after", type_=sa.BigInteger),
        ),
        "chat_id",
    )
)


async def board_record(reader: Reader, chat_id: int) -> BoardRecord:
    """What a chat's actor holds of its board."""
    found = await reader.fetch(COLUMNS_OF, chats=[chat_id])
    live = await reader.fetch(LIVE_OF, chat=chat_id)
    board: list[Task] = []
    for start in range(0, len(live), AT_ONCE):
        board += map(task_of, live[start : start + AT_ONCE])
        await asyncio.sleep(0)
    return BoardRecord(
        [column_of(row) for row in found],
        board,
        {row.id: row.changed for row in live},
        {row.id: row.changed for row in found},
    )


class Cards(msgspec.Struct):
    """A page of a chat's tasks by id, and the id it goes on after; None where it does not."""

    tasks: list[Task]
    next: int | None = None


async def columns_of(reader: Reader, chat_ids: Sequence[int]) -> dict[int, list[Column]]:
    found: dict[int, list[Column]] = {id: [] for id in chat_ids}
    for row in await reader.fetch(COLUMNS_OF, chats=list(chat_ids)):
        found[row.chat_id].append(column_of(row))
    return found


async def shown(reader: Reader, chat_ids: Sequence[int], after: int = 0) -> dict[int, Cards]:
    """A page of the tasks that snapshots show, of each chat."""
    found = {id: Cards([]) for id in chat_ids}
    totals: dict[int, int] = {}
    for row in await reader.fetch(SHOWN_OF, chats=list(chat_ids), after=after):
        totals[row.chat_id] = row.total
        found[row.chat_id].tasks.append(task_of(row))
    for id, cards in found.items():
        if len(cards.tasks) < totals.get(id, 0):
            cards.next = cards.tasks[-1].id
    return found


async def board(reader: Reader, chat_id: int, seq: int) -> Board:
    """The columns and the cards that stand in them, in order."""
    columns, cards = await columns_of(reader, [chat_id]), await shown(reader, [chat_id])
    page = cards[chat_id]
    standing = [card for card in page.tasks if card.column_id is not None]
    standing.sort(key=lambda card: (card.column_id, (card.position or "").encode(), card.id))
    return Board(columns=columns[chat_id], tasks=standing, seq=seq, tasks_next=page.next)
