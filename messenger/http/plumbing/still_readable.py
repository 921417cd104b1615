"""Whether who downloads still may: asked each second of every download, and together."""

import asyncio
from typing import Final

from messenger.errors import NotFound
from messenger.store.db import Database
from messenger.store.rows import files
from messenger.store.rows.files import Stored

GATHERED: Final = 0.1
"""Seconds in which questions come together into one statement."""

Question = tuple[int, str]
"""A person and a file."""


class StillReadable:
    """The questions that wait for the next statement."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # State: who waits for the answer to what; None tells them to ask again.
        self._waiting: dict[Question, asyncio.Future[dict[Question, Stored] | None]] = {}

    def __repr__(self) -> str:
        return f"<StillReadable {len(self._waiting)} asked>"

    async def find(self, user_id: int, id: str) -> Stored:
        """A file that this person may read now; raises NotFound, Unavailable."""
        question = user_id, id
        while True:
            is_first = not self._waiting
            if question not in self._waiting:
                self._waiting[question] = asyncio.get_running_loop().create_future()
            answer = self._waiting[question]
            if is_first:
                await self._ask()
            found = await asyncio.shield(answer)
            if found is not None:
                break
        if question not in found:
            raise NotFound("There is no such file, or you may not see it.")
        return found[question]

    async def _ask(self) -> None:
        """For all who come meanwhile; where the one who does it is given up, another one does."""
        try:
            await asyncio.sleep(GATHERED)
        finally:
            waiting, self._waiting = self._waiting, {}
            found: dict[Question, Stored] | None = None
            try:
                found = await files.readable_by(self._database, list(waiting))
            except Exception as error:
                for each in waiting.values():
                    each.set_exception(error)
                    each.exception()
            finally:
                for each in waiting.values():
                    if not each.done():
                        each.set_result(found)
