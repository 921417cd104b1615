"""Everything a user may read: the first load, and what has happened since.

Each answer is read as of one moment, so a cursor in it is never ahead of the events beside it, and
a reader who continues from it misses nothing.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from messenger.model import Event, Identity, Me, Snapshot, Task, User
from messenger.protocol.events import StreamState
from messenger.rules import streams as rules
from messenger.rules.streams import StreamPosition
from messenger.store import events
from messenger.store.db import Connection, Database
from messenger.store.paging import made
from messenger.store.reads import chats as chat_reads
from messenger.store.reads import sizes, task_lists
from messenger.store.reads.chats import ChatCursor
from messenger.store.rows import chats, members, users
from messenger.store.schema.tables import users as user_table
from messenger.store.sql import sa
from messenger.store.statements import Prepared

FIRST_BATCH, BATCH = 2, 16
"""Snapshots read by one set of statements: the first tell how large the others may be."""
ENOUGH: Final = 1_000_000
"""Bytes, about, after which a page of snapshots ends early."""

EVERYBODY = Prepared(sa.select(*users.USER_COLUMNS).where(users.SEEN).order_by(user_table.c.id))

Cursors = list[tuple[int, int]]
MY_TASKS = 1000
"""Open tasks of the user that come with the first load; `GET /tasks` has the rest."""


class Beginning(msgspec.Struct, frozen=True, kw_only=True):
    """What the first page of the first load has besides snapshots.

    `cursors` are of all the user's streams: to follow them from here on, while later
    pages are still being read or after that, leaves no hole.
    """

    me: Me | None
    users: list[User]
    tasks: list[Task]
    cursors: Cursors


class Bootstrap(msgspec.Struct, frozen=True, kw_only=True):
    snapshots: list[Snapshot]
    next: ChatCursor | None
    beginning: Beginning | None


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """Events of several streams, each in `seq` order, and where to go on.

    Before the last page (`more`), `streams` names those alone that are gone or
    start anew; on it all of them, with the reader's `my` and everyone's
    `marks`, which are then true of what the events lead to.
    """

    events: list[Event]
    cursors: Cursors
    more: bool
    streams: list[StreamState]
    epoch: int


# The first load


async def bootstrap(
    database: Database,
    who: Identity,
    limit: int,
    after: ChatCursor | None,
    epoch: int,
    done: int | None = None,
) -> Bootstrap:
    """A page of snapshots of the user's chats, the last active first."""

    async def work(connection: Connection) -> Bootstrap:
        found = await chat_reads.positions(connection, who.user_id, limit, after)
        ids = [each.id for each in found.items]
        read: list[Snapshot] = []
        while len(read) < len(ids) and (count := _batch(read)):
            batch = ids[len(read) : len(read) + count]
            read += await chat_reads.snapshots(connection, who.user_id, batch, epoch, done)
        read = read[: sizes.fitting(map(sizes.of_snapshot, read))]
        more = found.more or len(read) < len(ids)
        return Bootstrap(
            snapshots=read,
            next=found.items[len(read) - 1] if more else None,
            beginning=None if after else await _beginning(connection, who),
        )

    return await database.transact(work, snapshot=True)


def _batch(read: list[Snapshot]) -> int:
    """How many more are likely to fill the page; 0 when it is full."""
    if not read:
        return FIRST_BATCH
    size = sum(map(sizes.of_snapshot, read))
    return min(BATCH, max(1, (ENOUGH - size) * len(read) // size)) if size < ENOUGH else 0


async def _beginning(connection: Connection, who: Identity) -> Beginning:
    heads = await events.heads(connection, [who.user_id])
    access = await connection.fetch(chats.ALL_ACCESS, user=who.user_id)
    rows = await connection.fetch(EVERYBODY, viewer=who.user_id, is_guest=who.role == "guest")
    wanted = task_lists.Wanted(assigned_to=who.user_id, status="open", limit=MY_TASKS)
    mine = await task_lists.page(connection, who.user_id, wanted)
    return Beginning(
        me=await users.me(connection, who.user_id),
        users=await made(rows, lambda row: User(**row._asdict())),
        tasks=mine.items,
        cursors=[*heads.items(), *((row.id, row.seq) for row in access)],
    )


# What has happened since


async def changes(
    database: Database,
    user_id: int,
    cursors: Mapping[int, int | None],
    *,
    everything: bool,
    limit: int,
    stale: bool,
    epoch: int,
) -> Changes:
    """Up to `limit` events after these cursors, the user's own stream first.

    With `everything` all the user's streams are read, those without a cursor from
    the present on. `stale` cursors are of another epoch: all begin anew.
    """

    async def work(connection: Connection) -> Changes:
        positions = await _positions(connection, user_id, cursors, everything, stale)
        found = await _read_on(connection, positions, limit)
        more = any(position.at < position.head for position in positions)
        ids = [] if more else [position.id for position in positions if position.id != user_id]
        return Changes(
            events=found,
            cursors=[(position.id, position.at) for position in positions],
            more=more,
            streams=[
                *await _states(connection, user_id, positions, ids, more),
                *_gone(cursors, positions),
            ],
            epoch=epoch,
        )

    return await database.transact(work, snapshot=True)


async def _positions(
    connection: Connection,
    user_id: int,
    cursors: Mapping[int, int | None],
    everything: bool,
    stale: bool,
) -> list[StreamPosition]:
    """Where the reader stands in each stream they may read, their own first."""
    heads: dict[int, int] = {}
    if everything or user_id in cursors:
        heads |= await events.heads(connection, [user_id])
    if everything:
        rows = await connection.fetch(chats.ALL_ACCESS, user=user_id)
    else:
        rows = await connection.fetch(chats.ACCESS, user=user_id, chats=list(cursors))
    heads |= {row.id: row.seq for row in sorted(rows)}
    firsts = await events.firsts(connection, rules.undecided(heads, cursors))
    return rules.positions(heads, cursors, firsts, stale=stale)


async def _read_on(
    connection: Connection, positions: list[StreamPosition], limit: int
) -> list[Event]:
    """Read until the limit, and move the positions along with what was read."""
    found: list[Event] = []
    for position in positions:
        upto = min(position.head, position.at + limit - len(found))
        if position.at < upto:
            page = await events.read(connection, position.id, position.at, upto)
            found += page
            # The log has no holes; were there one, a snapshot would lead across it.
            position.reset = not page
            position.at = page[-1].seq if page else position.head
            if page and position.at < upto:
                # A page ends at its bytes, too: that is enough for one answer.
                break
    return found


async def _states(
    connection: Connection,
    user_id: int,
    positions: list[StreamPosition],
    chat_ids: list[int],
    more: bool,
) -> list[StreamState]:
    my = await chats.my(connection, user_id, chat_ids) if chat_ids else {}
    marks = await members.marks(connection, chat_ids) if chat_ids else {}
    return [
        StreamState(
            id=position.id,
            seq=position.at,
            reset=position.reset,
            my=my[position.id].my() if position.id in my else None,
            marks=marks.get(position.id),
        )
        for position in positions
        if position.reset or not more
    ]


def _gone(cursors: Mapping[int, Any], positions: list[StreamPosition]) -> list[StreamState]:
    there = {position.id for position in positions}
    return [StreamState(id=id, gone=True) for id in cursors if id not in there]
