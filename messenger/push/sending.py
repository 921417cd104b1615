"""Sends pushes: seals and posts them, so many to one push service at a time.

It knows no database and nothing of the people: parcels in, results out. It runs in a process of
its own (`worker`), whose side in the server is `sender`.
"""

import asyncio
from typing import Final, Protocol

from messenger.outgoing.requests import Outgoing
from messenger.push.posting import Parcel, Result, post

LOST: Final = Result(outcome="later", code="answer")
"""Nobody knows what became of it; it is sent again."""


class Sending(Protocol):
    """What brings parcels to push services."""

    def send(self, parcel: Parcel) -> asyncio.Future[Result]:
        """Begin to send it. Its result is never an exception."""

    def warm(self) -> None:
        """Something is soon to be sent."""

    async def close(self) -> None:
        """Give up what is under way."""


class Posting:
    """Sends from this process."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing
        self._tasks: set[asyncio.Task[Result]] = set()

    def __repr__(self) -> str:
        return f"<Posting {len(self._tasks)} under way>"

    def send(self, parcel: Parcel) -> asyncio.Future[Result]:
        task = asyncio.get_running_loop().create_task(self._sent(parcel))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _sent(self, parcel: Parcel) -> Result:
        try:
            return await post(self._outgoing, parcel)
        except Exception:
            # Whatever it was: the others are sent.
            return LOST

    def warm(self) -> None:
        """It is always ready."""

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
