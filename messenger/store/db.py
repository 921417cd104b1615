"""The database: a pool, prepared statements, transactions, translated errors.

The only module that opens connections. A query is never cancelled from outside:
aiopg closes a connection whose task is cancelled while the server goes on with
the query, so every query runs shielded and PostgreSQL's own timeouts end it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Mapping
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, Final, TypeVar

import aiopg
import psycopg2

from messenger import errors
from messenger.store.abandoned import LINGERING, Abandoned
from messenger.store.connection import Connection as Connection
from messenger.store.connection import Row as Row
from messenger.store.connection_watch import ConnectionWatch
from messenger.store.driver import AGAIN, LOST, translated
from messenger.store.statements import Prepared

T = TypeVar("T")

QUERY_OPTIONS: Final = (
    "-c statement_timeout=15000 -c lock_timeout=8000 "
    "-c idle_in_transaction_session_timeout=20000 -c client_connection_check_interval=1000 "
    # A statement that starts other processes takes a small machine from everybody else.
    "-c max_parallel_workers_per_gather=0 "
    # Nor is one compiled, each time anew, where a plan for any parameters looks dear.
    "-c jit=off "
    # What is kept is planned once: left to itself PostgreSQL plans a page of the log each time.
    "-c plan_cache_mode=force_generic_plan "
    # When the network breaks, PostgreSQL ends the session, and with it its locks.
    "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
)
KEEPALIVES: Final[dict[str, Any]] = {
    "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}  # fmt: skip
"""The same on this side (libpq). Neither has an effect on a Unix socket."""
PATIENCE: Final = 30.0
"""Seconds that work may wait for a connection. aiopg would give up after those of a query."""


MARKS: Final = "read_"
"""What every statement has that reads how far somebody has read."""


class Database:
    """The pool. `fetch` for a read, `transact` for what belongs together."""

    def __init__(self, dsn: str, size: int = 6) -> None:
        self.dsn = dsn
        self.size = size
        self._pool: Any = None
        # Who may take a connection: as many as there are, so that nobody waits within aiopg.
        self._turns = asyncio.Semaphore(size)
        self._watch = ConnectionWatch()
        # Of a serving process: its turn at serving, whether it may write now, and whether that is
        # over for good. A process that does not serve has no turn, and may write.
        self.turn: int | None = None
        # Whether other servers write at the same time: then what is decided is held against what
        # is stored, in the statement that stores it.
        self.shared = False
        self.may_write = True
        self.retired = False
        # Who decides while others are kept from a stream.
        self.alone = asyncio.Lock()
        # Is told of the process at the other end of each new connection of the pool.
        self.opened: Callable[[int], None] = lambda backend: None
        # Since when (monotonic) this process hears of all changes of accounts, after a gap.
        self.heard_since = 0.0
        # Stores what senders are owed, if any of these is: set by the journal that owes it.
        self.settled: Callable[[Collection[int] | None], Awaitable[None]] | None = None
        self._abandoned = Abandoned()
        # Shielded work outlives its caller; close() waits for it.
        self._running: set[asyncio.Future[Any]] = set()

    def __repr__(self) -> str:
        state = "closed" if self._pool is None else f"{self._pool.freesize}/{self.size} free"
        return f"<Database {state}, {len(self._running)} running>"

    def check_may_write(self) -> None:
        """Raises Unavailable while this process does not hold the database it serves."""
        if not self.may_write:
            raise errors.Unavailable()

    def write_again(self) -> None:
        """It holds the database again, and everything in memory was compared with it."""
        self.heard_since = monotonic()
        self.may_write = True

    def retire(self) -> None:
        """Write nothing more, ever: another process serves, or the history is another one."""
        self.may_write = False
        self.retired = True

    @property
    def _options(self) -> str:
        turn = "" if self.turn is None else f" -c messenger.turn={self.turn}"
        return QUERY_OPTIONS + turn

    async def open(self) -> None:
        self._pool = await aiopg.create_pool(
            self.dsn,
            minsize=self.size,
            maxsize=self.size,
            timeout=5,
            enable_hstore=False,
            enable_json=False,
            enable_uuid=False,
            options=self._options,
            on_connect=self._opened,
            **KEEPALIVES,
        )

    async def _opened(self, raw: Any) -> None:
        with contextlib.suppress(psycopg2.Error):
            # Where it is closed already, its first query says so.
            self.opened(raw.raw.get_backend_pid())

    async def dedicated(self, options: str = "") -> Connection:
        """Open a connection beside the pool; its user gives it up or closes it."""
        with translated():
            raw = await aiopg.connect(
                self.dsn,
                timeout=5,
                enable_hstore=False,
                enable_json=False,
                enable_uuid=False,
                options=f"{self._options} {options}",
                **KEEPALIVES,
            )
            connection = Connection(raw, self._watch)
            # Asked for while it is open: who gives it up says whose work may linger.
            connection.known_backend = connection.backend
            return connection

    async def give_up(self, connection: Connection) -> None:
        """Close a dedicated connection whose last statement may still be at work."""
        with contextlib.suppress(psycopg2.Error):
            self._abandoned.add(connection.backend)
        await connection.close()

    async def lingers(self) -> bool:
        """Whether a lost session of this process may still commit something."""
        pids, ages = self._abandoned.known()
        if not pids:
            return False
        rows = await self.fetch(LINGERING, pids=pids, ages=ages)
        self._abandoned.keep({row.pid for row in rows}, of=pids)
        return bool(rows)

    async def close(self) -> None:
        while self._running:
            await asyncio.wait(self._running)
        if self._pool is not None:
            self._pool.close()
            await self._pool.wait_closed()
            self._pool = None
        self._watch.close()

    async def fetch(self, statement: Prepared, /, **values: Any) -> list[Row]:
        """Read; tried once more when the connection turns out to be dead."""
        if statement.writes:
            self.check_may_write()
        if self.settled is not None and MARKS in statement.sql:
            await self.settled(_whose(values))

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
        if not snapshot:
            self.check_may_write()
        if snapshot and self.settled is not None:
            await self.settled(None)
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
        async with self._turn(), self._taken(begin) as connection:
            yield connection

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait until a connection is free, in the order of asking."""
        try:
            async with asyncio.timeout(PATIENCE if self._turns.locked() else None):
                await self._turns.acquire()
        except TimeoutError:
            raise errors.Unavailable("Too much is asked for at once; try again shortly.") from None
        try:
            yield
        finally:
            self._turns.release()

    @asynccontextmanager
    async def _taken(self, begin: bytes) -> AsyncIterator[Connection]:
        with translated():
            raw = await self._acquired()
            try:
                connection = Connection(raw, self._watch, begin)
                backend = connection.backend
                try:
                    yield connection
                finally:
                    if raw.closed:
                        self._abandoned.add(backend)
            finally:
                await self._pool.release(raw)

    async def _acquired(self) -> Any:
        for _ in range(self.size + 1):
            # aiopg lets go of the dead ones first, then opens others; what died meanwhile fails
            # its assertion. It is out of the pool by now, so the next is taken.
            with contextlib.suppress(AssertionError):
                return await self._pool.acquire()
        raise errors.Unavailable()

    async def _shielded(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)


def _whose(values: Mapping[str, Any]) -> Collection[int] | None:
    """Whose marks a statement reads, where its parameters say so; None: anybody's."""
    user = values.get("user")
    one = None if user is None else (user,)
    users: Collection[int] | None = values.get("users", one)
    return users
