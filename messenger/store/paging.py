"""Pages of lists: what was read one row further than asked, to see whether the list goes on."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from messenger.store.connection import AT_ONCE
from messenger.store.db import Connection, Database, Row
from messenger.store.statements import Prepared

T = TypeVar("T")


class Part(msgspec.Struct, Generic[T]):
    """The items of one page, and whether there are more after them."""

    items: list[T]
    more: bool


def part_of(rows: list[Row], limit: int) -> Part[Row]:
    """The page of rows that were read with `limit + 1`.

    Where a statement ends pages at their bytes, its `total` says how many rows there were.
    """
    held = rows[:limit]
    total = getattr(rows[0], "total", len(rows)) if rows else 0
    return Part(held, total > len(held))


async def fetch_part(
    reader: Connection | Database,
    statement: Prepared,
    make: Callable[[Row], T],
    limit: int,
    **values: Any,
) -> Part[T]:
    """Read a page of up to `limit` items with a statement that takes a `limit`."""
    part = part_of(await reader.fetch(statement, limit=limit + 1, **values), limit)
    return Part(await made(part.items, make), part.more)


async def made(rows: Sequence[Row], make: Callable[[Row], T]) -> list[T]:
    """Objects of rows, with a turn for others in between where there are many."""
    objects = list(map(make, rows[:AT_ONCE]))
    for start in range(AT_ONCE, len(rows), AT_ONCE):
        await asyncio.sleep(0)
        objects += map(make, rows[start : start + AT_ONCE])
    return objects
