"""Takes words out of the dictionary that no entry has any more: those of who was erased, too.

Reads the whole index page by page, so only where somebody was erased since the last time. What it
finds is looked for once more as it is removed, under the lock of all who write entries; they
remember numbers of words, so the dictionary's version goes on with every removal (`Numbers`).
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from messenger.model import timestamp
from messenger.search import codes
from messenger.store.db import Connection, Database
from messenger.store.rows import search as rows
from messenger.store.rows import search_words as words

PAGE: Final = 2000
"""Entries read at once: some milliseconds of the database's time."""
REMOVED: Final = 500
REST: Final = 2.0
"""It waits so many times as long as it works."""

BEHIND: Final = timedelta(hours=1)
"""How far behind the log the index is at the most, but for a crash of days."""


async def forget_unused(
    database: Database, check: Callable[[], None] = lambda: None, rest: float = REST
) -> int:
    """Remove words that nothing has; how many they were. `check` may raise to end it early."""
    all_words = {number: codes.of_word(number) for number in await words.numbers(database)}
    used: set[str] = set()
    place = (-1, -1)
    loop = asyncio.get_running_loop()
    while True:
        check()
        began = loop.time()
        page = await words.page(database, place, PAGE)
        used.update(page.used)
        if page.last is None:
            break
        place = page.last
        await asyncio.sleep(rest * (loop.time() - began))
    found = [(number, code) for number, code in all_words.items() if code not in used]
    count = 0
    for start in range(0, len(found), REMOVED):
        check()
        count += await _remove(database, dict(found[start : start + REMOVED]))
    return count


async def _remove(database: Database, unused: dict[int, str]) -> int:
    async def work(connection: Connection) -> int:
        await rows.lock(connection)
        return await words.remove(connection, unused)

    return await database.transact(work)


async def forget_erased(
    database: Database, now: datetime, check: Callable[[], None] = lambda: None
) -> int | None:
    """The same, where somebody was erased since the last time; None where nobody was."""
    if not await words.owed(database):
        return None
    count = await forget_unused(database, check)
    # The index is a moment behind: of who was erased just now the next run takes the rest.
    await words.done(database, timestamp(now - BEHIND))
    return count
