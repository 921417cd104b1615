"""Ends queries that wait for an answer for too long, or from a server that has died.

A server that is killed before it has read a query resets the connection. epoll reports that as an
error, and uvloop passes such errors on to no callback: the query would wait for its time-out. So
this module polls the connections that wait. It looks at their time as well: aiopg would set a timer
for each query, and wake up twice for its answer.
"""

import asyncio
import select
from types import TracebackType
from typing import Any

import psycopg2

LOOK_EVERY = 0.1
"""Seconds. A connection that is dead at two looks in a row is closed, which fails its query."""
PATIENCE = 5.0
"""Seconds that a query may wait for its answer; then its connection is closed."""
LOOKS = round(PATIENCE / LOOK_EVERY)


class ConnectionWatch:
    """The connections (aiopg's) that wait for an answer."""

    def __init__(self) -> None:
        # State: connections that wait, and the looks that they have waited for; those that were
        # dead at the last look; those that were closed as too late; the next look.
        self._waiting: dict[Any, int] = {}
        self._suspect: set[Any] = set()
        self._late: set[Any] = set()
        self._timer: asyncio.TimerHandle | None = None

    def __repr__(self) -> str:
        return f"<ConnectionWatch {len(self._waiting)} waiting, {len(self._suspect)} suspect>"

    def waiting(self, connection: Any) -> "Waiting":
        """Watch a connection while a query runs on it; a context manager."""
        return Waiting(self, connection)

    def add(self, connection: Any) -> None:
        self._waiting[connection] = 0
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LOOK_EVERY, self._look)

    def discard(self, connection: Any) -> bool:
        """Watch it no more; whether it was closed because it waited for too long."""
        self._waiting.pop(connection, None)
        late = connection in self._late
        self._late.discard(connection)
        return late

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        dead = {connection for connection in self._waiting if is_dead(connection)}
        for connection, looks in list(self._waiting.items()):
            self._waiting[connection] = looks + 1
            late = looks >= LOOKS
            if late or (connection in dead and connection in self._suspect):
                del self._waiting[connection]
                if late:
                    self._late.add(connection)
                # The query that waits on it fails.
                connection.close()
        self._suspect = dead & self._waiting.keys()
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
        if self.watch.discard(self.connection) and error is not None:
            raise TimeoutError from error


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
