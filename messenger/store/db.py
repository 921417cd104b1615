"""The database: a pool, prepared statements, transactions, translated errors.

The only module that knows the driver. A query is never cancelled from outside:
aiopg closes a connection whose task is cancelled while the server goes on with
the query, so every query runs shielded and PostgreSQL's own timeouts end it.
"""

import asyncio
from collections import namedtuple
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import aiopg
import msgspec
import psycopg2
import psycopg2.errors
import psycopg2.extras

from messenger import errors
from messenger.storage import Moved
from messenger.store.lines import Lines
from messenger.store.statements import Prepared

psycopg2.extras.register_default_jsonb(globally=True, loads=msgspec.json.decode)

T = TypeVar("T")
Row = Any
"""A named tuple with the statement's columns."""

QUERY_OPTIONS: Final = (
    "-c statement_timeout=15000 -c lock_timeout=8000 "
    "-c idle_in_transaction_session_timeout=20000 -c client_connection_check_interval=1000"
)
LOST: Final = (psycopg2.OperationalError, psycopg2.InterfaceError)
MOVED: Final = "MS001"
"""The SQLSTATE of `advance` (migrations/0004.advance.sql): the stream is further already."""
AGAIN: Final = (psycopg2.errors.DeadlockDetected, psycopg2.errors.SerializationFailure)


class Duplicate(Exception):
    """A unique constraint refused a row; `constraint` says which."""

    def __init__(self, constraint: str | None) -> None:
        super().__init__(constraint)
        self.constraint = constraint


def _row(names: list[str]) -> Any:
    return namedtuple("Row", names, rename=True)


class Connection:
    """One connection of the pool for a while: statements in order."""

    def __init__(self, raw: Any, lines: Lines, begin: bytes = b"") -> None:
        self.raw = raw
        self._lines = lines
        # What goes with the next statement, to save its round trip: what opens the transaction,
        # and writes whose outcome only has to be known at the end.
        self._ahead = begin
        self._begun = False

    async def fetch(self, statement: Prepared, /, **values: Any) -> list[Row]:
        async with self.raw.cursor() as cursor:
            await self._execute(cursor, statement.sql, statement.values(values))
            if cursor.description is None:
                return []
            if statement.row is None:
                statement.row = _row([column.name for column in cursor.description])
            rows = await cursor.fetchall()
            return list(map(statement.row._make, rows))

    async def fetch_one(self, statement: Prepared, /, **values: Any) -> Row | None:
        rows = await self.fetch(statement, **values)
        return rows[0] if rows else None

    async def put(self, statement: Prepared, /, **values: Any) -> None:
        """Write with the next statement, the commit at the latest: errors come from that one."""
        self._begun = True
        async with self.raw.cursor() as cursor:
            written = cursor.mogrify(statement.sql, statement.values(values))
        self._ahead += written + b";"

    async def _execute(self, cursor: Any, sql: str, values: dict[str, Any]) -> None:
        self._begun = True
        with self._lines.waiting(self.raw):
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

    async def run(self, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Run a statement that the server has prepared; plain tuples."""
        async with self.raw.cursor() as cursor:
            with self._lines.waiting(self.raw):
                await execute(cursor, sql, values)
            return list(await cursor.fetchall())

    async def command(self, sql: str) -> None:
        """Run what has neither parameters nor rows."""
        await self._command(sql.encode())

    async def _command(self, sql: bytes) -> None:
        async with self.raw.cursor() as cursor:
            with self._lines.waiting(self.raw):
                await execute(cursor, sql)

    async def close(self) -> None:
        """Close a dedicated connection; the pool closes its own."""
        await self.raw.close()

    async def notified(self) -> str:
        """Wait for the next NOTIFY on this connection; its payload."""
        said = await self.raw.notifies.get()
        return str(said.payload)


async def execute(cursor: Any, sql: str | bytes, values: dict[str, Any] | None = None) -> None:
    """Run one statement or several; a time-out of the server is an error, not a cancellation."""
    try:
        await cursor.execute(sql, values)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        # aiopg disguises 57014 (statement_timeout) as a cancellation of the waiting task.
        raise errors.Unavailable("The database took too long; try again.") from None


class Database:
    """The pool. `fetch` for a read, `transact` for what belongs together."""

    def __init__(self, dsn: str, size: int = 6) -> None:
        self.dsn = dsn
        self.size = size
        self._pool: Any = None
        self._lines = Lines()
        # Shielded work outlives its caller; close() waits for it.
        self._running: set[asyncio.Future[Any]] = set()

    def __repr__(self) -> str:
        state = "closed" if self._pool is None else f"{self._pool.freesize}/{self.size} free"
        return f"<Database {state}, {len(self._running)} running>"

    async def open(self) -> None:
        self._pool = await aiopg.create_pool(
            self.dsn,
            minsize=self.size,
            maxsize=self.size,
            timeout=5,
            enable_hstore=False,
            enable_json=False,
            enable_uuid=False,
            options=QUERY_OPTIONS,
        )

    async def dedicated(self, options: str = "") -> Connection:
        """Open a connection beside the pool, for whoever needs one of its own."""
        with translated():
            return Connection(
                await aiopg.connect(
                    self.dsn,
                    timeout=5,
                    enable_hstore=False,
                    enable_json=False,
                    enable_uuid=False,
                    options=f"{QUERY_OPTIONS} {options}",
                ),
                self._lines,
            )

    async def close(self) -> None:
        while self._running:
            await asyncio.wait(self._running)
        if self._pool is not None:
            self._pool.close()
            await self._pool.wait_closed()
            self._pool = None
        self._lines.close()

    async def fetch(self, statement: Prepared, /, **values: Any) -> list[Row]:
        """Read; tried once more when the connection turns out to be dead."""

        async def work() -> list[Row]:
            try:
                async with self._connection() as connection:
                    return await connection.fetch(statement, **values)
            except errors.Unavailable as error:
                if not isinstance(error.__cause__, LOST):
                    raise
            async with self._connection() as connection:
                return await connection.fetch(statement, **values)

        return await self._shielded(work())

    async def fetch_one(self, statement: Prepared, /, **values: Any) -> Row | None:
        rows = await self.fetch(statement, **values)
        return rows[0] if rows else None

    async def transact(
        self, work: Callable[[Connection], Awaitable[T]], *, snapshot: bool = False
    ) -> T:
        """Run `work` in one transaction; commit when it returns, roll back when it raises.

        Tried again after a deadlock, so `work` must only touch the database.
        With `snapshot` all its reads see one moment, and it may not write.
        """
        begin = b"begin isolation level repeatable read read only;" if snapshot else b"begin;"

        async def attempt() -> T:
            async with self._connection(begin) as connection:
                try:
                    result = await work(connection)
                    await connection.commit()
                except BaseException:
                    await connection.rollback()
                    raise
                return result

        # What only reads may also be tried again on another connection.
        again = (*AGAIN, *LOST) if snapshot else AGAIN

        async def attempts() -> T:
            for _ in range(3):
                try:
                    return await attempt()
                except errors.Unavailable as error:
                    if not isinstance(error.__cause__, again):
                        raise
            return await attempt()

        return await self._shielded(attempts())

    @asynccontextmanager
    async def _connection(self, begin: bytes = b"") -> AsyncIterator[Connection]:
        with translated():
            async with self._pool.acquire() as raw:
                yield Connection(raw, self._lines, begin)

    async def _shielded(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)


class translated:
    """Turn the driver's errors into ours; a context manager."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, psycopg2.errors.UniqueViolation):
            raise Duplicate(error.diag.constraint_name) from error
        if isinstance(error, psycopg2.Error) and error.pgcode == MOVED:
            raise Moved from error
        if isinstance(error, (*LOST, *AGAIN, TimeoutError)) or (
            # uvloop, when libpq closed the descriptor that aiopg still watches
            isinstance(error, RuntimeError) and "UVPoll" in str(error)
        ):
            raise errors.Unavailable("The database is away; try again shortly.") from error
