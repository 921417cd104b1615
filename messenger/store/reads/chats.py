"""What a user reads of chats: their list, snapshots, pages; each as of one moment.

Every read begins with `within` or `positions`, and both with `visible_chats`, in the transaction
that reads the rest: what a user may not read is not there, also when they are removed between two
statements.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, TypeVar

import msgspec

from messenger.errors import NotFound
from messenger.model import Chat, Member, Message, My, Snapshot
from messenger.protocol.command import Id
from messenger.store.db import Connection, Database
from messenger.store.log import LAST_AT
from messenger.store.paging import Part, fetch_part, made
from messenger.store.reads import sizes
from messenger.store.rows import boards, chats, members, messages
from messenger.store.rows.chats import JOINED, USER, visible_chats
from messenger.store.rows.members import MEMBER_COLUMNS
from messenger.store.schema.tables import Moment, streams
from messenger.store.schema.tables import chats as chat_table
from messenger.store.schema.tables import members as member_table
from messenger.store.sql import sa
from messenger.store.statements import Prepared

T = TypeVar("T")

NEWEST: Final = 50
"""Messages in a snapshot."""
PINS: Final = 100
"""Pins in a snapshot; `GET …/pins` has the rest."""


class ListedChat(Chat, frozen=True, kw_only=True):
    """A chat as its reader's list has it."""

    my: My
    last_message: Message | None


class ChatCursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a list of chats goes on: after the chat with this id, last active at `at`."""

    id: Id
    at: datetime


# Events are archived, so a quiet chat may have none.
ACTIVITY = sa.func.coalesce(LAST_AT, chat_table.c.updated_at)
BEFORE_AT = sa.bindparam("before_at", type_=Moment)
BEFORE_ID = sa.bindparam("before_id", type_=sa.BigInteger)
MINE = (
    sa.select(
        chat_table.c.id,
        # As precise as the cursor that is compared with it.
        sa.func.date_trunc(sa.literal_column("'milliseconds'"), ACTIVITY).label("active_at"),
    )
    .select_from(JOINED)
    .where(visible_chats(USER))
    .cte("mine")
    .prefix_with("materialized")
)
LIST = Prepared(
    sa.select(MINE.c.id, MINE.c.active_at)
    .where(
        sa.or_(
            BEFORE_ID.is_(None),
            sa.tuple_(MINE.c.active_at, MINE.c.id) < sa.tuple_(BEFORE_AT, BEFORE_ID),
        )
    )
    .order_by(MINE.c.active_at.desc(), MINE.c.id.desc())
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
SEATED = Prepared(
    sa.select(*MEMBER_COLUMNS)
    .where(chats.any_of(member_table.c.chat_id, "chats"), member_table.c.left_at.is_(None))
    .order_by(member_table.c.chat_id, member_table.c.user_id)
)
COUNTS = Prepared(sa.select(streams.c.id, streams.c.n).where(chats.any_of(streams.c.id, "chats")))


async def within(
    database: Database, user_id: int, chat_id: int, read: Callable[[Connection], Awaitable[T]]
) -> T:
    """Read of a chat, all as of one moment; raises NotFound unless the user is in it."""

    async def work(connection: Connection) -> T:
        if not await connection.fetch(chats.ACCESS, user=user_id, chats=[chat_id]):
            raise NotFound
        return await read(connection)

    return await database.transact(work, snapshot=True)


# Chats


async def positions(
    connection: Connection, user_id: int, limit: int, after: ChatCursor | None
) -> Part[ChatCursor]:
    """A page of a user's chats, the last active first; each as the cursor to what follows it.

    A chat that becomes active while pages are read moves to the front, before all cursors.
    """
    return await fetch_part(
        connection,
        LIST,
        lambda row: ChatCursor(row.id, row.active_at),
        limit,
        user=user_id,
        before_at=after and after.at,
        before_id=after and after.id,
    )


async def page(
    database: Database, user_id: int, limit: int, after: ChatCursor | None
) -> tuple[list[ListedChat], ChatCursor | None]:
    """A page of a user's chats, and the cursor to the next page if there is one."""

    async def work(connection: Connection) -> tuple[list[ListedChat], ChatCursor | None]:
        found = await positions(connection, user_id, limit, after)
        page = await _listed(connection, user_id, [each.id for each in found.items])
        page = page[: sizes.fitting(map(_size, page))]
        more = found.more or len(page) < len(found.items)
        return page, found.items[len(page) - 1] if more else None

    return await database.transact(work, snapshot=True)


def _size(chat: ListedChat) -> int:
    return sizes.of_listed(chat.my, [chat.last_message] if chat.last_message else [])


async def chat(database: Database, user_id: int, chat_id: int) -> ListedChat:
    async def read(connection: Connection) -> ListedChat:
        (only,) = await _listed(connection, user_id, [chat_id])
        return only

    return await within(database, user_id, chat_id, read)


async def _listed(
    connection: Connection, user_id: int, chat_ids: Sequence[int]
) -> list[ListedChat]:  # fmt: skip
    found = await chats.find(connection, chat_ids)
    mine = await chats.my(connection, user_id, chat_ids)
    last = await messages.latest(connection, chat_ids, 1)
    return [
        ListedChat(
            **msgspec.structs.asdict(found[id]),
            my=mine[id].my(),
            last_message=last[id][-1] if id in last else None,
        )
        for id in chat_ids
    ]


async def snapshot(
    database: Database, user_id: int, chat_id: int, epoch: int, done: int | None = None
) -> Snapshot:
    async def read(connection: Connection) -> Snapshot:
        (only,) = await snapshots(connection, user_id, [chat_id], epoch, done)
        return only

    return await within(database, user_id, chat_id, read)


async def snapshots(
    connection: Connection,
    user_id: int,
    chat_ids: Sequence[int],
    epoch: int,
    done: int | None = None,
) -> list[Snapshot]:
    """Snapshots of chats that are known to be visible, in the transaction that knows it.

    With so many `done` cards of each column; without it, all of them.
    """
    found = await chats.find(connection, chat_ids)
    mine = await chats.my(connection, user_id, chat_ids)
    counts = {row.id: row.n for row in await connection.fetch(COUNTS, chats=list(chat_ids))}
    seated = await _seated(connection, chat_ids)
    newest = await messages.latest(connection, chat_ids, NEWEST)
    pins = await messages.pinned(connection, chat_ids, PINS)
    marks = await members.marks(connection, chat_ids)
    oldest = await messages.oldest(connection, chat_ids)
    columns = await boards.columns_of(connection, chat_ids)
    cards = await boards.shown(connection, chat_ids, done=done)
    return [
        Snapshot(
            chat=found[id],
            my=mine[id].my(),
            members=seated[id],
            messages=newest.get(id, []),
            pins=pins.get(id, []),
            columns=columns[id],
            tasks=cards[id].tasks,
            marks=marks.get(id, []),
            seq=mine[id].seq,
            n=counts[id],
            oldest_seq=oldest[id],
            epoch=epoch,
            tasks_next=cards[id].next,
            more_done=cards[id].fuller,
        )
        for id in chat_ids
    ]


async def _seated(connection: Connection, chat_ids: Sequence[int]) -> dict[int, list[Member]]:
    seated: dict[int, list[Member]] = defaultdict(list)
    rows = await connection.fetch(SEATED, chats=list(chat_ids))
    for member in await made(rows, lambda row: Member(**row._asdict())):
        seated[member.chat_id].append(member)
    return seated


async def members_page(
    database: Database, user_id: int, chat_id: int, after: int, limit: int
) -> Part[Member]:
    """Members of a chat by user id, after one of them."""

    async def read(connection: Connection) -> Part[Member]:
        return await members.page(connection, chat_id, after, limit)

    return await within(database, user_id, chat_id, read)


async def members_of(
    database: Database, user_id: int, chat_id: int, user_ids: Sequence[int]
) -> list[Member]:
    """Those of these users who are in a chat now."""

    async def read(connection: Connection) -> list[Member]:
        found = await members.members_of(connection, chat_id, user_ids)
        return [found[id] for id in user_ids if id in found and found[id].left_at is None]

    return await within(database, user_id, chat_id, read)
