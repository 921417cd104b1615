"""Pages of lists."""

import asyncio

from messenger.store.connection import AT_ONCE
from messenger.store.paging import made


async def test_while_many_rows_are_made_into_objects_others_have_their_turn() -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    others = asyncio.ensure_future(other())
    rows = list(range(5 * AT_ONCE + 1))
    assert await made(rows, str) == [str(row) for row in rows]
    others.cancel()
    assert turns == 5
