"""What one process tells the others: which streams grew, by PostgreSQL's NOTIFY.

Alone on its database a server is told by the command line. With others beside it (`shared`) it
tells them as well what it has committed: which numbers, and the log has the rest. A word that is
lost is made up for by looking where the streams stand.

Holds the connection that also holds the serving lock. Once that is lost,
notices are missed and another server may begin: nothing is written any more
until the lock is held again and everything in memory was compared with what is
stored. Where that cannot be, this server steps down.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from messenger import errors
from messenger.actors import passing
from messenger.actors.directory import Directory
from messenger.cluster.publisher import Publisher
from messenger.store.commits import CHANNEL
from messenger.store.db import Connection, Database
from messenger.store.driver import translated
from messenger.store.rows import instance
from messenger.store.rows.runtime_settings import CHANGED

log = logging.getLogger(__name__)

BEAT = 2.0
"""Seconds of silence after which the connection is asked for a sign of life."""


class AlreadyServed(Exception):
    """Another server runs on this database: stop it first, or give this one its own."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class SteppedDown(Exception):
    """This server stops serving; started again, it begins afresh."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class Overtaken(SteppedDown):
    """Another server took over this database, so this one stepped down."""


class HistoryChanged(SteppedDown):
    """The database was restored, promoted or lost commits, so this server has to begin afresh."""


class Bus:
    """The listener of a serving process."""

    def __init__(
        self, database: Database, refresh: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """`refresh` is called when another process may have changed the stored settings."""
        self.database = database
        self._refresh = refresh
        self.publisher = Publisher(database)
        # State: the connection, and its session, to be ended should it outlive our end of it.
        self._connection: Connection | None = None
        self._session: instance.Session | None = None
        # Whether there was no other server when this one came.
        self.alone = True

    def __repr__(self) -> str:
        return f"<Bus {'connected' if self._connection else 'away'}>"

    async def open(self, patience: float = 3.0) -> None:
        """Take the serving lock, the next turn at serving, and listen; raises AlreadyServed.

        A server beside others has the turn that they have.
        """
        self._connection, alone = await self._locked(patience)
        with translated():
            self.alone = alone
            self.database.turn = (
                await instance.take_turn(self._connection)
                if alone
                else (await instance.standing(self._connection)).turn
            )
            if alone and self.database.shared:
                await instance.share_lock(self._connection)

    async def run(self, directory: Directory, well: Callable[[], None] = lambda: None) -> None:
        """Pass on what is heard; raises Unavailable when the connection is lost.

        Calls `well` once it hears.

        Called again, it takes the lock back and compares; raises SteppedDown where it may not.
        """
        try:
            if self._connection is None:
                self._connection = await self._regained(directory)
                self.database.write_again()
            well()
            await self._listen(directory, self._connection)
        except Exception:
            # Not when we are cancelled: what waits is stored before the lock is let go.
            self.database.may_write = False
            await self.close()
            raise

    async def _listen(self, directory: Directory, connection: Connection) -> None:
        # What was missed while the connection was away is looked for, too.
        owed = True
        while True:
            if owed:
                owed = not await self._refreshed()
            heads = await connection.notified(within=BEAT)
            if heads == CHANGED:
                owed = True
            elif heads is not None:
                self.hear(directory, heads)
            else:
                with translated():
                    await connection.fetch_one(instance.ALIVE)

    async def _regained(self, directory: Directory) -> Connection:
        try:
            connection, alone = await self._locked(patience=3.0)
        except AlreadyServed:
            raise Overtaken from None
        try:
            if alone and self.database.shared:
                await instance.share_lock(connection)
            await self._compare(directory, connection)
        except BaseException:
            await self._drop(connection)
            raise
        return connection

    async def _compare(self, directory: Directory, connection: Connection) -> None:
        """Whether what is in memory may go on from what is stored; bring it up to that."""
        with translated():
            found = await instance.standing(connection)
        if found.epoch != directory.epoch:
            raise HistoryChanged
        if found.turn != self.database.turn:
            raise Overtaken
        if not await directory.streams.look_everywhere():
            # Same system, same timeline, and yet older: clients must not go on from it unknowing.
            with translated():
                await instance.renew(connection)
            raise HistoryChanged
        log.warning("the serving lock is held again, and everything compared")

    async def _locked(self, patience: float) -> tuple[Connection, bool]:
        """A connection that holds the lock and listens, and whether nobody else does.

        Raises AlreadyServed.

        Waits a little: PostgreSQL may not have noticed yet that a killed server is gone.
        """
        connection = await self.database.dedicated("-c idle_session_timeout=0")
        deadline = asyncio.get_running_loop().time() + patience
        try:
            with translated():
                if self._session is not None:
                    await instance.end(connection, self._session)
                while not (alone := await instance.try_lock(connection)):
                    if self.database.shared and await instance.try_share_lock(connection):
                        break
                    if asyncio.get_running_loop().time() > deadline:
                        raise AlreadyServed
                    await asyncio.sleep(0.05)
                self._session = await instance.session(connection)
                await connection.command(f"listen {CHANNEL}")
        except BaseException:
            await self._drop(connection)
            raise
        return connection, alone

    def _read_signals(self, directory: Directory, said: str) -> None:
        try:
            server, *signals = msgspec.json.decode(said, type=list[Any])
        except (msgspec.DecodeError, ValueError):
            log.warning("a notice of another program was left out")
            return
        if isinstance(server, str):
            self.hear_signals(directory, server, signals)

    def hear_signals(self, directory: Directory, server: str, signals: list[Any]) -> None:
        """What passes on another server, by whichever way it came."""
        if server == self.publisher.name:
            return
        if directory.presence.elsewhere.hear(server):
            log.info("server %s is there", server)
            for user_id, chats in directory.presence.people().items():
                self.publisher.pass_on(directory, ["here", user_id, chats])
        for signal in signals:
            passing.hear(directory, server, signal)

    async def _refreshed(self) -> bool:
        """Have the settings read again; False where that has to be tried once more."""
        try:
            if self._refresh is not None:
                await self._refresh()
        except errors.Unavailable:
            return False
        return True

    def hear(self, directory: Directory, heads: str) -> None:
        if heads.startswith("!"):
            self._read_signals(directory, heads[1:])
            return
        for grown in heads.split(","):
            stream_id, _, span = grown.partition(":")
            plain = span.endswith("m")
            first, _, last = span.removesuffix("m").partition("-")
            try:
                numbers = int(stream_id), int(first), int(last)
            except ValueError:
                # Any client of the database may send a notice.
                log.warning("a notice of another program was left out")
                continue
            directory.streams.learn(*numbers, plain=plain)

    async def close(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await self._drop(connection)

    async def _drop(self, connection: Connection) -> None:
        with contextlib.suppress(errors.Unavailable), translated():
            await connection.close()
