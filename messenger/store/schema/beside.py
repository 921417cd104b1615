"""What a migration owes: long steps that are done beside serving, in a process of their own.

A migration writes the step's name into the table `beside`; what it does stands here. A backfill
goes on page by page, each page one transaction with where it stands, so that `kill -9` costs a
page. An index is built concurrently; one that was left half is dropped and begun anew, for
PostgreSQL cannot go on with it. Only one process is at it: the lock is its connection's.
Synchronous, for the command line (`messenger db beside`), which the server's job calls.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from time import monotonic, sleep
from typing import Any, Final

import msgspec
import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extras import Json

_LOCK: Final = 0x6D73_6773
"""One number for every Messenger database, as that of the migrations."""
REST: Final = 4.0
"""A backfill waits so many times as long as a page took: messages go first."""
PAGE: Final = 1000
"""Rows of a page: their locks are held for some ten milliseconds."""
LOOK_EVERY: Final = 0.5
_SESSION: Final = "-c client_connection_check_interval=1000 -c application_name=beside"
"""A build ends a second after its process was killed."""


class Index(msgspec.Struct, frozen=True):
    """An index, by what stands after `on`. Its name is the step's."""

    on: str


class Backfill(msgspec.Struct, frozen=True):
    """`count` selects how many rows there are; `page` changes the next `%(limit)s` of them after
    `%(cursor)s` (JSON; null at first) and selects the new cursor, null at the end, and how many.
    """

    count: str
    page: str


Steps = Mapping[str, Index | Backfill]
STEPS: Final[Steps] = {
    "files_of_chat": Index("files (chat_id)"),
    "members_owners": Index("members (chat_id, user_id) where left_at is null and role = 'owner'"),
}
"""By name. A step stays here for as long as a database may owe it."""


class Owed(msgspec.Struct, frozen=True):
    """How far a step is: rows or blocks, and of how many; null: not begun."""

    name: str
    done: int = 0
    total: int | None = None

    @property
    def share(self) -> float:
        """0 to 1, about."""
        return min(1.0, self.done / max(1, self.total)) if self.total is not None else 0.0


Told = Callable[[Owed], None]


def owed(dsn: str) -> list[Owed]:
    """What is not done yet, by name; nothing where the table is not there."""
    with _connected(dsn) as connection:
        if _rows(connection, "select to_regclass('beside')") == [(None,)]:
            return []
        return _owed(connection)


def work_off(dsn: str, told: Told = lambda _: None, steps: Steps = STEPS) -> list[str]:
    """Do what is owed, and return what was done; waits while another process is at it.

    A name that this version does not know stays owed. Raises psycopg2.Error.
    """
    done = []
    with _connected(dsn) as connection:
        _rows(connection, "select pg_advisory_lock(%s)", _LOCK)
        for each in _owed(connection):
            step = steps.get(each.name)
            if step is None:
                continue
            _rows(
                connection,
                "update beside set began_at = coalesce(began_at, now()) where name = %s",
                each.name,
            )
            if isinstance(step, Index):
                _build(dsn, connection, each.name, step, told)
            else:
                _fill(connection, each.name, step, told)
            _rows(connection, "update beside set ended_at = now() where name = %s", each.name)
            done.append(each.name)
    return done


def _fill(connection: Connection, name: str, step: Backfill, told: Told) -> None:
    [(total,)] = _rows(connection, "select total from beside where name = %s", name)
    if total is None:
        [(total,)] = _rows(connection, step.count)
        _rows(connection, "update beside set total = %s where name = %s", total, name)
    more = True
    while more:
        began = monotonic()
        more, done = _page(connection, name, step)
        told(Owed(name, done, total))
        if more:
            sleep(REST * (monotonic() - began))


def _page(connection: Connection, name: str, step: Backfill) -> tuple[bool, int]:
    """Do the next page in one transaction; whether there are more, and how many rows are done."""
    with _transaction(connection), connection.cursor() as cursor:
        cursor.execute("select cursor, done from beside where name = %s for update", (name,))
        [(after, done)] = cursor.fetchall()
        cursor.execute(step.page, {"cursor": _json(after), "limit": PAGE})
        [(following, count)] = cursor.fetchall()
        cursor.execute(
            "update beside set cursor = %s, done = %s where name = %s",
            (_json(after if following is None else following), done + count, name),
        )
    return following is not None, done + count


def _build(dsn: str, connection: Connection, name: str, step: Index, told: Told) -> None:
    valid = _rows(
        connection, "select indisvalid from pg_index where indexrelid = to_regclass(%s)", name
    )
    if valid == [(True,)]:
        return
    if valid:
        _rows(connection, f"drop index concurrently {name}")
    over = threading.Event()
    watching = threading.Thread(
        target=_watch, args=(dsn, connection.get_backend_pid(), name, told, over), daemon=True
    )
    watching.start()
    try:
        _rows(connection, f"create index concurrently {name} on {step.on}")
    finally:
        over.set()
        watching.join()


def _watch(dsn: str, backend: int, name: str, told: Told, over: threading.Event) -> None:
    """Note how far a build is, as PostgreSQL tells it: it reads the table twice."""
    most = 0
    # Lost with the build itself, or without being missed.
    with suppress(psycopg2.Error, OSError), _connected(dsn) as connection:
        while not over.wait(LOOK_EVERY):
            found = _rows(
                connection,
                "select blocks_done, blocks_total, phase like 'index validation%%'"
                " from pg_stat_progress_create_index where pid = %s and blocks_total > 0",
                backend,
            )
            for blocks, total, second in found:
                most = max(most, blocks + (total if second else 0))
                _rows(
                    connection,
                    "update beside set done = %s, total = %s where name = %s",
                    most, 2 * total, name,
                )  # fmt: skip
                told(Owed(name, most, 2 * total))


def _owed(connection: Connection) -> list[Owed]:
    asked = "select name, done, total from beside where ended_at is null order by name"
    return [Owed(*row) for row in _rows(connection, asked)]


def _rows(connection: Connection, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


def _json(value: Any) -> Json | None:
    return None if value is None else Json(value, dumps=lambda it: msgspec.json.encode(it).decode())


@contextmanager
def _transaction(connection: Connection) -> Iterator[None]:
    connection.autocommit = False
    try:
        with connection:
            yield
    finally:
        connection.autocommit = True


@contextmanager
def _connected(dsn: str) -> Iterator[Connection]:
    connection = psycopg2.connect(dsn, options=_SESSION)
    try:
        connection.autocommit = True
        yield connection
    finally:
        connection.close()
