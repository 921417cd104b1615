"""The one connection of a run: plain statements in order, snapshots, lines by COPY."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any, Final, Protocol

import psycopg2
import psycopg2.extras

LOCK: Final = 0x6D73_6761
"""The advisory lock of whoever changes the archive: one at a time, and freed by a death. A backup
shares it while it takes the archive's files over."""
PATIENCE: Final = 3.0
SHARED: Final = """
    select exists (select from pg_locks where locktype = 'advisory' and mode = 'ShareLock'
                   and granted and objid = %(lock)s and classid = 0
                   and database = (select oid from pg_database where datname = current_database()))
"""
OPTIONS: Final = (
    # What is taken away is in the archive by then: when it is forgotten with a crash of
    # PostgreSQL, it is taken away again. So no sender waits for this to reach the disk.
    "-c timezone=UTC -c synchronous_commit=off -c lock_timeout=2000 -c application_name=archive"
)


class Sink(Protocol):
    def write(self, line: bytes, /) -> Any: ...


class Session:
    """A connection that commits each statement, but within `snapshot` and `together`."""

    def __init__(self, dsn: str) -> None:
        self._raw = psycopg2.connect(dsn, options=OPTIONS)
        self._raw.autocommit = True

    def __repr__(self) -> str:
        return f"<Session {self._raw.dsn}>"

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()

    def lock(self, patience: float = PATIENCE) -> bool:
        """Be the only one; False when somebody else is.

        Waits a little: PostgreSQL may not have noticed yet that a killed one is gone. For a backup
        it waits for as many seconds as it has patience.
        """
        begun = monotonic()
        while not self.value("select pg_try_advisory_lock(%(lock)s)", lock=LOCK):
            waited = monotonic() - begun
            if waited > (patience if self.value(SHARED, lock=LOCK) else PATIENCE):
                return False
            sleep(0.05)
        return True

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """Run it; what it returns as named tuples."""
        with self._raw.cursor(cursor_factory=psycopg2.extras.NamedTupleCursor) as cursor:
            cursor.execute(statement, values)  # type: ignore[no-untyped-call]
            return cursor.fetchall() if cursor.description else []

    def value(self, statement: str, **values: Any) -> Any:
        """The one value of its one row; None without a row."""
        rows = self.rows(statement, **values)
        return rows[0][0] if rows else None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads within see one moment."""
        with self._transaction("begin isolation level repeatable read read only"):
            yield

    @contextmanager
    def together(self) -> Iterator[None]:
        """All of it or nothing, and on the disk once it is over."""
        with self._transaction("begin; set local synchronous_commit = on"):
            yield

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        self.rows(begin)
        try:
            yield
        except BaseException:
            if not self._raw.closed:
                self.rows("rollback")
            raise
        self.rows("commit")

    def copy(self, query: str, sink: Sink, **values: Any) -> None:
        """Give the sink each line of a query of one column, with its line feed, as it comes.

        JSON has no control characters of its own, so with these for quotes nothing is ever quoted.
        """
        with self._raw.cursor() as cursor:
            bound = cursor.mogrify(query, values).decode()
            form = r"(format csv, quote e'\x01', delimiter e'\x02')"
            cursor.copy_expert(f"copy ({bound}) to stdout with {form}", sink)
