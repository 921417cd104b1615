"""What one process tells the others: which streams grew, by PostgreSQL's NOTIFY.

Holds the connection that also holds the serving lock. Losing it means that
notices were missed, so everything in memory is compared with the log again.
"""

import asyncio
import contextlib
import logging

from messenger.actors.directory import Directory
from messenger.errors import Unavailable
from messenger.store import instance
from messenger.store.commits import CHANNEL
from messenger.store.db import Connection, Database

log = logging.getLogger(__name__)


class AlreadyServed(Exception):
    """Another server runs on this database: stop it first, or give this one its own."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class Bus:
    """The listener of a serving process."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._connection: Connection | None = None

    def __repr__(self) -> str:
        return f"<Bus {'connected' if self._connection else 'away'}>"

    async def open(self, patience: float = 3.0) -> None:
        """Take the serving lock and listen; raises AlreadyServed.

        Waits a little: PostgreSQL may not have noticed yet that a killed server is gone.
        """
        connection = await self.database.dedicated("-c idle_session_timeout=0")
        deadline = asyncio.get_running_loop().time() + patience
        while not await instance.try_lock(connection):
            if asyncio.get_running_loop().time() > deadline:
                await connection.close()
                raise AlreadyServed
            await asyncio.sleep(0.05)
        await connection.command(f"listen {CHANNEL}")
        self._connection = connection

    async def run(self, directory: Directory) -> None:
        """Pass on what is heard, for ever; reconnects when the connection is lost."""
        while True:
            try:
                if self._connection is None:
                    await self.open()
                    await directory.look_everywhere()
                assert self._connection is not None
                self.hear(directory, await self._connection.notified())
            except Unavailable:
                await self.close()
                await asyncio.sleep(0.1)
            except AlreadyServed:
                log.critical("another server took over this database; this one keeps trying")
                await asyncio.sleep(1)

    def hear(self, directory: Directory, heads: str) -> None:
        for grown in heads.split(","):
            stream_id, _, span = grown.partition(":")
            first, _, last = span.partition("-")
            directory.learn(int(stream_id), int(first), int(last))

    async def close(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            with contextlib.suppress(Unavailable):
                await connection.close()
