"""Finds connections whose server has died while a query waits for its answer.

A server that is killed before it has read a query resets the connection. epoll reports that as an
error, and uvloop passes such errors on to no callback: the query would wait for its time-out. So
this module polls the connections that wait.
"""

import asyncio
import select
from types import TracebackType
from typing import Any

import psycopg2

LOOK_EVERY = 0.1
"""Seconds. A connection that is dead at two looks in a row is closed, which fails its query."""


class ConnectionWatch:
    """The connections (aiopg's) that wait for an answer."""

    def __init__(self) -> None:
        # State: connections that wait, those that were dead at the last look, the next look.
        self._waiting: set[Any] = set()
        self._suspect: set[Any] = set()
        self._timer: asyncio.TimerHandle | None = None

    def __repr__(self) -> str:
        return f"<ConnectionWatch {len(self._waiting)} waiting, {len(self._suspect)} suspect>"

    def waiting(self, connection: Any) -> "Waiting":
        """Watch a connection while a query runs on it; a context manager."""
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
            # The query that waits on it fails.
            connection.close()
        self._suspect = dead & self._waiting
        if self._waiting:
            self._timer = asyncio.get_running_loop().call_later(LOOK_EVERY, self._look)


class Waiting:
    """What `waiting` returns. Light, because every query goes through it."""

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
    """Whether the server has closed the connection."""
    try:
        descriptor = connection.raw.fileno()
    except psycopg2.Error:
        return True
    poll = select.poll()
    # poll() reports errors and hang-ups whatever is registered.
    poll.register(descriptor, 0)
    return bool(poll.poll(0))
