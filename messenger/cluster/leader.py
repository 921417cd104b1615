"""Which of several servers does what one alone may do: what reads the log for push, mail, search.

The one that holds a lock, on a connection of its own. Another takes over within seconds of its
end. A leader that lost the connection takes the lock back, or steps down where another was faster:
what it knows of its work is old by then.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from messenger import errors
from messenger.cluster.bus import SteppedDown
from messenger.store.db import Connection, Database
from messenger.store.driver import translated
from messenger.store.rows import instance

log = logging.getLogger(__name__)

LOOK_EVERY: Final = 2.0
"""Seconds between tries to lead, and between signs of life of a leader's connection."""
AGAIN: Final = 0.1
"""The same of who led before: it comes first."""

Work = Callable[[], Awaitable[None]]


class LeadershipLost(SteppedDown):
    """Another server has taken over the consumers of the log, so this one begins afresh."""


class Leader:
    """Whether this server leads; one that is alone does from the start."""

    def __init__(self, database: Database) -> None:
        self.database = database
        # State: set from the moment on that it leads; the connection that holds the lock.
        self.begun = asyncio.Event()
        self._connection: Connection | None = None

    def __repr__(self) -> str:
        return f"<Leader {'leads' if self.begun.is_set() else 'waits'}>"

    @property
    def leads(self) -> bool:
        return self.begun.is_set()

    async def run(self, well: Callable[[], None]) -> None:
        """Wait for the lead, and hold it; raises LeadershipLost, and Unavailable for a while."""
        try:
            await self._take(well)
            while True:
                well()
                await asyncio.sleep(LOOK_EVERY)
                assert self._connection is not None
                with translated():
                    await self._connection.fetch_one(instance.ALIVE)
        finally:
            await self.close()

    async def _take(self, well: Callable[[], None]) -> None:
        self._connection = await self.database.dedicated("-c idle_session_timeout=0")
        with translated():
            while not await instance.try_lead(self._connection):
                if self.leads:
                    raise LeadershipLost
                well()
                await asyncio.sleep(LOOK_EVERY)
        if not self.leads:
            log.info("this server leads")
            self.begun.set()

    async def close(self) -> None:
        """Let the lock go; the next server takes it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(errors.Unavailable), translated():
                await connection.close()

    def lasting(self, work: Work) -> Work:
        """The same, once this server leads."""

        async def led() -> None:
            await self.begun.wait()
            await work()

        return led

    def repeated(self, work: Work) -> Work:
        """The same; nothing, where another server leads."""

        async def led() -> None:
            if self.leads:
                await work()

        return led
