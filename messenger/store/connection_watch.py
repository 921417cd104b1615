"""Notices that a server has died while somebody waits for its answer.

A server that is killed before it has read a query resets the connection. epoll
reports that as an error, and uvloop hands a descriptor's errors to nobody: the
query would wait for its time-out. So the lines that wait are looked at ourselves.
"""

import asyncio
import select
from types import TracebackType
from typing import Any

import psycopg2

LOOK_EVERY = 0.1
"""Seconds. A line that is dead at two looks in a row is given up: whoever waits hears so."""


class ConnectionWatch:
    """The connections (aiopg's) that wait for an answer now."""

    def __init__(self) -> None:
        # State: who waits, who of them looked dead last time, and the next look.
        self._waiting: set[Any] = set()
        self._suspect: set[Any] = set()
        self._timer: asyncio.TimerHandle | None = None

    def __repr__(self) -> str:
        return f"<ConnectionWatch {len(self._waiting)} waiting, {len(self._suspect)} suspect>"

    def waiting(self, connection: Any) -> "Waiting":
        """For as long as an answer is waited for."""
        return Waiting(self, connection)

    def add(self, connection: Any) -> None:
        self._waiting.add(connection)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LOOK_EVERY, self._look)

    def discard(self, connection: Any) -> None:
        self._waiting.discard(connection)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        dead = {connection for connection in self._waiting if is_dead(connection)}
        for connection in dead & self._suspect:
            self._waiting.discard(connection)
            # Fails what waits.
            connection.close()
        self._suspect = dead & self._waiting
        if self._waiting:
            self._timer = asyncio.get_running_loop().call_later(LOOK_EVERY, self._look)


class Waiting:
    """A context manager, and a light one: every query goes through it."""

    __slots__ = ("connection", "watch")

    def __init__(self, watch: ConnectionWatch, connection: Any) -> None:
        self.watch = watch
        self.connection = connection

    def __enter__(self) -> None:
        self.watch.add(self.connection)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.watch.discard(self.connection)


def is_dead(connection: Any) -> bool:
    """Whether the other end has hung up."""
    try:
        descriptor = connection.raw.fileno()
    except psycopg2.Error:
        return True
    poll = select.poll()
    # Errors and hang-ups are told unasked.
    poll.register(descriptor, 0)
    return bool(poll.poll(0))
