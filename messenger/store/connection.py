"""One connection: statements in order, what is written ahead, rows, notices."""

import asyncio
from collections import namedtuple
from collections.abc import Callable
from typing import Any, Final

import msgspec
import psycopg2
import psycopg2.extras

from messenger import errors
from messenger.store.answer import answered
from messenger.store.connection_watch import ConnectionWatch
from messenger.store.statement_text import Kept
from messenger.store.statements import Prepared

psycopg2.extras.register_default_jsonb(globally=True, loads=msgspec.json.decode)

Values = dict[str, Any] | tuple[Any, ...]
"""A statement's parameters, by name or in their order."""
Row = Any
"""A named tuple with the statement's columns."""

AT_ONCE: Final = 200
"""Rows turned into objects in a row: more would keep others from their turn."""


def _row(names: list[str]) -> Any:
    return namedtuple("Row", names, rename=True)


class Connection:
    """One connection of the pool for a while: statements in order."""

    def __init__(self, raw: Any, watch: ConnectionWatch, begin: bytes = b"") -> None:
        self.raw = raw
        # The watch ends what takes too long: a timer for each statement would cost more than it.
        raw._timeout = None
        self._watch = watch
        # What goes with the next statement, to save its round trip: what opens the transaction,
        # and writes whose outcome only has to be known at the end.
        self._ahead = begin
        self._begun = False
        self._cursor: Any = None
        self._hearing: asyncio.Future[Any] | None = None
        # The process id at the other end, where it must be known of a closed one, too.
        self.known_backend: int | None = None

    @property
    def backend(self) -> int:
        """The process id at the other end."""
        return self.known_backend or int(self.raw.raw.get_backend_pid())

    async def _new_cursor(self) -> Any:
        cursor = await self.raw.cursor()
        # The two refer to each other: all that was read would stay until the collector comes.
        cursor._transaction = None
        return cursor

    async def fetch(self, statement: Prepared, /, **values: Any) -> list[Row]:
        cursor = await self._new_cursor()
        sql = statement.sql if statement.kept is None else await self._kept(statement.kept)
        await self._execute(cursor, sql, statement.values(values))
        if cursor.description is None:
            return []
        if statement.row is None:
            statement.row = _row([column.name for column in cursor.description])
        return await self._rows(cursor, statement.row._make)

    async def _kept(self, statement: Kept) -> str:
        """What executes a statement that this connection has prepared by now."""
        prepared = vars(self.raw).setdefault("kept", set())
        if statement.name not in prepared:
            ahead, self._ahead = self._ahead, b""
            self._begun = True
            await self._command(ahead + statement.prepare)
            prepared.add(statement.name)
        return statement.execute

    async def _rows(self, cursor: Any, make: Callable[[Any], Row]) -> list[Row]:
        """Turn what has arrived into rows, and let others have their turn in between."""
        rows: list[Row] = []
        while True:
            part = await cursor.fetchmany(AT_ONCE)
            rows += map(make, part)
            if len(part) < AT_ONCE:
                return rows
            await asyncio.sleep(0)

    async def fetch_one(self, statement: Prepared, /, **values: Any) -> Row | None:
        rows = await self.fetch(statement, **values)
        return rows[0] if rows else None

    async def put(self, statement: Prepared, /, **values: Any) -> None:
        """Write with the next statement, the commit at the latest: errors come from that one."""
        self._begun = True
        cursor = await self._new_cursor()
        self._ahead += cursor.mogrify(statement.sql, statement.values(values)) + b";"

    async def _execute(self, cursor: Any, sql: str, values: dict[str, Any]) -> None:
        self._begun = True
        with self._watch.waiting(self.raw):
            if self._ahead:
                ahead, self._ahead = self._ahead, b""
                await execute(cursor, ahead + cursor.mogrify(sql, values))
            else:
                await execute(cursor, sql, values)

    async def commit(self) -> None:
        """End the transaction, with all that is still to be written."""
        if self._begun:
            ahead, self._ahead = self._ahead, b""
            await self._command(ahead + b"commit")

    async def rollback(self) -> None:
        self._ahead = b""
        if self._begun and not self.raw.closed:
            await self._command(b"rollback")

    async def run(
        self, sql: str, values: Values, at_once: bool = False
    ) -> list[tuple[Any, ...]]:  # fmt: skip
        """Run a statement that the server has prepared; plain tuples.

        `at_once`: go on in the call that brings the answer, before anything else of this turn.
        """
        if self._cursor is None:
            self._cursor = (await self._new_cursor()).raw
        with self._watch.waiting(self.raw):
            await answered(self.raw, self._cursor, sql, values, at_once)
        rows: list[tuple[Any, ...]] = self._cursor.fetchall()
        return rows

    async def command(self, sql: str) -> None:
        """Run what has neither parameters nor rows."""
        await self._command(sql.encode())

    async def _command(self, sql: bytes) -> None:
        cursor = await self._new_cursor()
        with self._watch.waiting(self.raw):
            await execute(cursor, sql)

    async def close(self) -> None:
        """Close a dedicated connection; the pool closes its own."""
        if self._hearing is not None:
            self._hearing.cancel()
        await self.raw.close()

    async def notified(self, within: float) -> str | None:
        """The payload of the next NOTIFY on this connection; None when there is none so soon.

        Raises Unavailable once the connection is lost, whatever the driver calls it.
        """
        if self._hearing is None:
            # Outlives the call: cancelled, it might take a notice along that had just come.
            self._hearing = asyncio.ensure_future(self.raw.notifies.get())
        done, _ = await asyncio.wait([self._hearing], timeout=within)
        if not done:
            return None
        hearing, self._hearing = self._hearing, None
        try:
            return str(hearing.result().payload)
        except psycopg2.Error as error:
            raise errors.Unavailable("The connection to the database is lost.") from error


async def execute(cursor: Any, sql: str | bytes, values: Values | None = None) -> None:
    """Run one statement or several; a time-out of the server is an error, not a cancellation."""
    try:
        await cursor.execute(sql, values)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        # aiopg disguises 57014 (statement_timeout) as a cancellation of the waiting task.
        raise errors.Unavailable("The database took too long; try again.") from None
