"""Lists that go on in the archive: a task's history and its discussion, and a chat's links.

The index of parts says which lines are in which; what the tables have of a number counts for more.
Each list is read in one snapshot.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar

import msgspec

from messenger.archive import blocks
from messenger.archive.format import Line
from messenger.archive.reading import Reading, held
from messenger.model import FieldChange, HistoryEntry, Message, timestamp
from messenger.store.db import Connection
from messenger.store.reads import messages as message_reads
from messenger.store.reads import tasks as task_reads
from messenger.store.reads.chats import within
from messenger.store.rows import archive, messages, tasks
from messenger.store.rows.archive import ReadPart
from messenger.store.rows.messages import PAGE_BYTES

T = TypeVar("T")
Chosen = list[tuple[int, ReadPart]]
"""Numbers, each with a part that has it."""

DESCRIPTION: Final = 200
"""Bytes of a change beside what it says."""


async def history(
    reading: Reading, user_id: int, task_id: int, after: int, limit: int
) -> tuple[list[HistoryEntry], int | None]:
    """As `store.reads.tasks.history`, with what is archived of it."""
    chat_id = await task_reads.chat_of(reading.database, task_id)
    if not await archive.of_task(reading.database, chat_id, "events", task_id):
        return await task_reads.history(reading.database, user_id, task_id, after, limit)

    async def read(connection: Connection) -> tuple[list[HistoryEntry], int | None]:
        await task_reads.there(connection, task_id)
        live = await tasks.history(connection, chat_id, task_id, after, limit)
        ceiling = live.items[-1].seq if live.more else message_reads.END
        parts = await archive.of_task(connection, chat_id, "events", task_id)
        there = {entry.seq for entry in live.items}
        chosen = _chosen(parts, lambda seq: after < seq < ceiling and seq not in there)
        lines = await _lines(reading, chosen[: limit + 1])
        entries = sorted([*map(_entry, lines), *live.items], key=lambda entry: entry.seq)
        return _first(entries, limit, live.more or len(chosen) > limit + 1)

    return await _within(reading, user_id, chat_id, read)


def _entry(line: Line) -> HistoryEntry:
    changes = (line.data or {}).get("changes", [])
    return HistoryEntry(
        seq=line.seq,
        at=timestamp(line.at),
        by=line.by,
        type=line.type,
        changes=msgspec.convert(changes, list[FieldChange]),
    )


def _first(
    entries: list[HistoryEntry], limit: int, more: bool
) -> tuple[list[HistoryEntry], int | None]:
    """As many as a page holds: old and new descriptions may be long."""
    size = 0
    for count, entry in enumerate(entries):
        if count == limit or (count and size > PAGE_BYTES):
            return entries[:count], entries[count - 1].seq
        size += DESCRIPTION + len(msgspec.json.encode(entry.changes))
    return entries, entries[-1].seq if more else None


async def messages_of(
    reading: Reading, user_id: int, task_id: int, after: int, limit: int
) -> tuple[list[Message], int | None]:
    """As `store.reads.tasks.messages_of`, with those that are archived."""
    chat_id = await task_reads.chat_of(reading.database, task_id)
    if not await archive.of_task(reading.database, chat_id, "comments", task_id):
        return await task_reads.messages_of(reading.database, user_id, task_id, after, limit)

    async def read(connection: Connection) -> tuple[list[Message], int | None]:
        await task_reads.there(connection, task_id)
        seqs = await tasks.comments(connection, chat_id, task_id, after, limit + 1)
        live = await messages.page_by_seq(connection, chat_id, seqs, limit)
        ceiling = live.items[-1].seq if live.more else message_reads.END
        parts = await archive.of_task(connection, chat_id, "comments", task_id)
        chosen = _chosen(parts, lambda seq: after < seq < ceiling)
        lines = await _absent(reading, connection, chat_id, chosen[: limit + 1])
        found = await reading.joined(connection, chat_id, lines, live.items)
        page = held(found, limit, PAGE_BYTES, live.more or len(chosen) > limit + 1)
        return page.items, page.items[-1].seq if page.more else None

    return await _within(reading, user_id, chat_id, read)


async def links(
    reading: Reading, user_id: int, chat_id: int, limit: int, before: int | None
) -> tuple[list[Message], int | None]:
    """As `store.reads.messages.links`, with those that are archived."""
    if not await archive.with_links(reading.database, chat_id, before or message_reads.END):
        return await message_reads.links(reading.database, user_id, chat_id, limit, before)

    async def read(connection: Connection) -> tuple[list[Message], int | None]:
        below = before or message_reads.END
        live = await messages.linking(connection, chat_id, below, limit)
        floor = live.items[-1].seq if live.more else 0
        parts = await archive.with_links(connection, chat_id, below)
        if len(parts) == archive.MOST:
            floor = max(floor, parts[-1][0].last_seq)
        chosen = _chosen(parts, lambda seq: floor < seq < below)[::-1]
        lines = await _absent(reading, connection, chat_id, chosen[: limit + 1])
        found = await reading.joined(connection, chat_id, lines, live.items)
        more = live.more or len(chosen) > limit + 1 or len(parts) == archive.MOST
        page = held(found[::-1], limit, PAGE_BYTES, more)
        return page.items, page.items[-1].seq if page.more and page.items else None

    return await _within(reading, user_id, chat_id, read)


def _chosen(parts: Iterable[tuple[ReadPart, list[int]]], wanted: Callable[[int], bool]) -> Chosen:
    """The numbers that are wanted and true in their part, ascending."""
    found = {
        seq: part
        for part, seqs in parts
        for seq in seqs
        if wanted(seq) and seq not in part.superseded
    }
    return sorted(found.items(), key=lambda each: each[0])


async def _absent(
    reading: Reading, connection: Connection, chat_id: int, chosen: Chosen
) -> list[Line]:
    """The lines of those that the table does not have: it may know that they were deleted."""
    present = await messages.by_seq(connection, chat_id, [seq for seq, _ in chosen])
    return await _lines(reading, [each for each in chosen if each[0] not in present])


async def _lines(reading: Reading, chosen: Chosen) -> list[Line]:
    by_part: dict[str, tuple[ReadPart, list[int]]] = {}
    for seq, part in chosen:
        by_part.setdefault(part.name, (part, []))[1].append(seq)
    found: list[Line] = []
    for part, seqs in by_part.values():
        found += await blocks.at(reading.vault, part, seqs)
    return found


async def _within(
    reading: Reading, user_id: int, chat_id: int, read: Callable[[Connection], Awaitable[T]]
) -> T:
    return await reading.slowly(lambda: within(reading.database, user_id, chat_id, read))
