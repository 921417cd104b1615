"""The archive's index as the server reads it: which parts may have what somebody asks for."""

from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from messenger.store.db import Row
from messenger.store.rows.chats import Reader
from messenger.store.schema.tables import Moment, archive_parts
from messenger.store.sql import sa
from messenger.store.statements import Prepared

MOST: Final = 300
"""Parts that one page may be read from; a chat where little is said has many small ones."""
ASKED: Final = (4, MOST)
"""Parts that are asked for first: a page is in one or two, and each has the places of 50 blocks."""
LIMIT = sa.bindparam("most", type_=sa.Integer)
CHAT = sa.bindparam("chat", type_=sa.BigInteger)
BELOW = sa.bindparam("below", type_=sa.BigInteger)
ABOVE = sa.bindparam("above", type_=sa.BigInteger)
READ = sa.and_(
    archive_parts.c.stream_id == CHAT,
    archive_parts.c.state.in_([sa.literal_column("'removing'"), sa.literal_column("'done'")]),
    archive_parts.c.messages > sa.literal_column("0"),
)
COLUMNS = tuple(
    archive_parts.c[name]
    for name in ("first_seq", "last_seq", "place", "name", "size", "blocks", "superseded")
)
REACHING = sa.select(*COLUMNS).where(
    READ, archive_parts.c.first_seq < BELOW, archive_parts.c.last_seq > ABOVE
)
DOWN = Prepared(REACHING.order_by(archive_parts.c.last_seq.desc(), archive_parts.c.id).limit(LIMIT))
UP = Prepared(REACHING.order_by(archive_parts.c.first_seq, archive_parts.c.id).limit(LIMIT))
LINE = Prepared(sa.select(sa.func.max(archive_parts.c.last_seq).label("seq")).where(READ))
SINCE = Prepared(
    sa.select(*COLUMNS)
    .where(
        READ,
        sa.not_(archive_parts.c.late),
        archive_parts.c.last_at >= sa.bindparam("at", type_=Moment),
    )
    .order_by(archive_parts.c.first_seq, archive_parts.c.id)
    .limit(1)
)

_LOOKED_UP = """
    select first_seq, last_seq, place, name, size, blocks, superseded, seqs
    from archive_parts, lateral (select {seqs} as seqs) looked_up
    where stream_id = :chat and state in ('removing', 'done') and {where}
"""
OF_TASK = Prepared(
    sa.text(
        _LOOKED_UP.format(
            seqs="lookup #> array[:kind, cast(:task as text)]", where="seqs is not null"
        )
    )
)
LINKS = Prepared(
    sa.text(
        _LOOKED_UP.format(
            seqs="lookup -> 'links'", where="first_seq < :below and jsonb_array_length(seqs) > 0"
        )
        + f" order by last_seq desc, id limit {MOST}"
    )
)


class ReadPart(msgspec.Struct, frozen=True):
    """A part to be read from: its range, where it is, where its blocks begin."""

    first_seq: int
    last_seq: int
    place: str
    name: str
    size: int
    blocks: list[tuple[int, int]]
    superseded: frozenset[int]


def _part(row: Row) -> ReadPart:
    values: dict[str, Any] = {name: getattr(row, name) for name in ReadPart.__struct_fields__}
    values["blocks"] = [(seq, offset) for seq, offset in values["blocks"]]
    values["superseded"] = frozenset(values["superseded"])
    return ReadPart(**values)


async def line(reader: Reader, chat_id: int) -> int:
    """The last `seq` that the archive has of a chat; 0 where it has none."""
    row = await reader.fetch_one(LINE, chat=chat_id)
    return int(row.seq or 0) if row else 0


async def parts_between(
    reader: Reader, chat_id: int, above: int, below: int, most: int, *, down: bool
) -> list[ReadPart]:
    """Parts with something of `above < seq < below`: the latest first, or the earliest."""
    statement = DOWN if down else UP
    rows = await reader.fetch(statement, chat=chat_id, above=above, below=below, most=most)
    return [_part(row) for row in rows]


async def of_task(
    reader: Reader, chat_id: int, kind: Literal["events", "comments"], task_id: int
) -> list[tuple[ReadPart, list[int]]]:
    """The parts that have something of a task, and which numbers of it."""
    return _looked_up(await reader.fetch(OF_TASK, chat=chat_id, kind=kind, task=task_id))


async def with_links(reader: Reader, chat_id: int, below: int) -> list[tuple[ReadPart, list[int]]]:
    """The latest parts with messages that have an address, and their numbers."""
    return _looked_up(await reader.fetch(LINKS, chat=chat_id, below=below))


def _looked_up(rows: list[Row]) -> list[tuple[ReadPart, list[int]]]:
    return [(_part(row), list(row.seqs)) for row in rows]


async def part_since(reader: Reader, chat_id: int, at: datetime) -> ReadPart | None:
    """The first part with something of a moment or later."""
    row = await reader.fetch_one(SINCE, chat=chat_id, at=at)
    return row and _part(row)
