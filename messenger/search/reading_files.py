"""Adds the text of files to the index: read in the worker of previews, one after the other.

A file is found by its name at once, and by its text when its turn has come. What is to be read is a
table, so nothing is forgotten; a text is kept under its content, which many files share.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from messenger import errors
from messenger.files.previews.keeping import Previews
from messenger.search.codes import of_word
from messenger.search.numbers import Numbers
from messenger.store.db import Connection, Database
from messenger.store.rows import search as rows

log = logging.getLogger(__name__)

AT_ONCE: Final = 8
PAUSE: Final = 30.0
"""Seconds between looks when nothing is known to wait."""
FIRST_REST: Final = timedelta(minutes=1)
TRIES: Final = 8
"""After which a file that cannot be had is left: each rest is twice as long as the one before."""


class FileTexts:
    """Reads what waits."""

    def __init__(
        self, database: Database, previews: Previews, clock: Callable[[], datetime]
    ) -> None:
        self.database = database
        self.previews = previews
        self.clock = clock
        self.numbers = Numbers()
        # Something waits: said by who puts files there.
        self.news = asyncio.Event()

    def __repr__(self) -> str:
        return f"<FileTexts, {'some wait' if self.news.is_set() else 'none known to wait'}>"

    async def run(self, well: Callable[[], None] = lambda: None) -> None:
        """Read what waits, for ever."""
        while True:
            self.news.clear()
            while await self.look():
                well()
            well()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PAUSE):
                    await self.news.wait()

    async def look(self) -> bool:
        """Read some files; whether there may be more."""
        waiting = await self.database.fetch(rows.UNREAD, now=self.clock(), most=AT_ONCE)
        for row in waiting:
            try:
                await self._read(row)
            except (errors.Unavailable, OSError) as error:
                log.info("the text of a file is read later: %s", error)
                await self._later(row)
        return len(waiting) == AT_ONCE

    async def _read(self, row: Any) -> None:
        text = row.text
        if text is None and row.place is not None:
            text = await self.previews.text(bytes(row.sha256), row.place, row.size) or ""
        key = {"chat": row.chat_id, "entry": row.entry, "rev": row.rev}
        keys = _keys(f"{text or ''}")

        async def work(connection: Connection) -> dict[str, int]:
            await rows.lock(connection)
            found = await self.numbers.of(connection, keys)
            if row.text is None and text is not None:
                await connection.fetch(rows.KEEP_TEXT, sha256=bytes(row.sha256), text=text)
            if found:
                characters = "".join(sorted({of_word(number) for number in found.values()}))
                await connection.fetch(rows.ADD_TO_ENTRY, codes=characters, **key)
            await connection.fetch(rows.READ_DONE, **key)
            return found

        self.numbers.keep(await self.database.transact(work))

    async def _later(self, row: Any) -> None:
        key = {"chat": row.chat_id, "entry": row.entry, "rev": row.rev}
        if row.tries >= TRIES:
            await self.database.fetch(rows.READ_DONE, **key)
            return
        due = self.clock() + FIRST_REST * 2**row.tries
        await self.database.fetch(rows.READ_LATER, due=due, **key)


def _keys(text: str) -> list[str]:
    from messenger.search.words import keys_of

    return keys_of(text)
