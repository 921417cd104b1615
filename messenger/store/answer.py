"""A query's answer, taken where it comes in.

aiopg wakes the task that waits with the next turn of the loop, by way of four coroutines of its
own. A message alone is on its way for a millisecond, much of which is such steps: so its journal
goes on in the very call that brings the answer. Where many wait, others' frames are read first.
"""

import asyncio
from collections.abc import Callable, Generator
from contextvars import Context
from typing import Any

import psycopg2

from messenger import errors


class Answer:
    """What stands for a future in aiopg's connection: who awaits it goes on when it is set.

    `at_once`: in the same call; else with the next turn of the loop.
    """

    __slots__ = (
        "_asyncio_future_blocking", "_at_once", "_awaiting", "_error", "_is_there", "_loop",
    )  # fmt: skip

    def __init__(self, loop: asyncio.AbstractEventLoop, at_once: bool) -> None:
        self._at_once = at_once
        # What tells a task that this is a future (`asyncio.isfuture`).
        self._asyncio_future_blocking = False
        self._loop = loop
        # State: the task that awaits it, as it asked to be woken; the outcome.
        self._awaiting: tuple[Callable[[Any], object], Context | None] | None = None
        self._is_there = False
        self._error: BaseException | None = None

    def __repr__(self) -> str:
        return f"<Answer {'there' if self._is_there else 'awaited'}>"

    def __await__(self) -> Generator[Any, None, None]:
        if not self._is_there:
            self._asyncio_future_blocking = True
            yield self
        self.result()

    # What aiopg does with it

    def done(self) -> bool:
        return self._is_there

    def set_result(self, _: None) -> None:
        self._come(None)

    def set_exception(self, error: BaseException) -> None:
        self._come(error)

    # What the task does with it

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return self._loop

    def add_done_callback(
        self, wake: Callable[[Any], object], *, context: Context | None = None
    ) -> None:
        self._awaiting = wake, context

    def cancel(self, msg: object = None) -> bool:
        """Have the task go on with a cancellation, in its own turn; whether it still waited."""
        if self._is_there:
            return False
        self._at_once = False
        self._come(asyncio.CancelledError())
        return True

    def result(self) -> None:
        if self._error is not None:
            raise self._error

    def _come(self, error: BaseException | None) -> None:
        if self._is_there:
            return
        self._is_there, self._error = True, error
        if self._awaiting is None:
            return
        (wake, context), self._awaiting = self._awaiting, None
        if context is None or not self._at_once or asyncio.current_task() is not None:
            # One task cannot go on inside another: the one that closes the connection, say.
            self._loop.call_soon(wake, self, context=context)
        else:
            # It is the journal's own: nothing else is ever run in it.
            context.run(wake, self)


async def answered(connection: Any, cursor: Any, sql: str, values: Any, at_once: bool) -> None:
    """Run a statement on aiopg's connection, with psycopg2's cursor, which has the rows then."""
    connection._waiter = answer = Answer(connection._loop, at_once)
    try:
        cursor.execute(sql, values)
        # Says whether all of it is sent, and watches for the rest.
        connection._ready(connection._weakref)
        await answer
    except asyncio.CancelledError:
        # The server goes on with it, and nobody would hear its answer.
        await connection.close()
        raise
    except psycopg2.extensions.QueryCanceledError:
        raise errors.Unavailable("The database took too long; try again.") from None
    finally:
        connection._waiter = None
