"""The database's schema, brought to where `migrations/` ends, by yoyo.

Owns the order, the lock and the record of what was applied: yoyo's tables, and beside them
`migration_checksums`, for yoyo itself would not notice an applied file that was edited.
Synchronous, for start-up and the command line; knows nothing of what the tables mean.

A migration whose file begins with `-- beside: yes` promises that the program before it runs on the
newer schema as well. It may be applied while several servers share the database, one of which is
the first of the next version; the record says so to programs that have not got its file.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Literal

import msgspec
import psycopg2
import psycopg2.errors
from psycopg2.extensions import connection as Connection

from messenger.store.serving import SERVING

# One number for every Messenger database; any will do that nothing else in it locks.
_ADVISORY_LOCK = 0x6D73_6772
_LOCK_PATIENCE = "60s"
_SERVER_PATIENCE = 3.0
_BESIDE = "-- beside: yes"
# Whoever waits for a table keeps all others from it: rather try again than have people wait.
_TABLE_PATIENCE = "500ms"
_TABLE_TRIES = 40

_BESIDE_CHECKOUT = Path(__file__).parents[3] / "migrations"
_INSIDE_PACKAGE = Path(__file__).parents[2] / "migrations"
MIGRATIONS = _INSIDE_PACKAGE if _INSIDE_PACKAGE.is_dir() else _BESIDE_CHECKOUT


class MigrationProblem(Exception):
    """The schema cannot be changed; the message says why, and what to do."""


class MigrationState(msgspec.Struct, frozen=True):
    """`changed`: the file is not what was applied. `unknown`: applied, but without a file; `ahead`
    is the same of one that this program, too, runs on."""

    id: str
    state: Literal["applied", "pending", "changed", "unknown", "ahead"]
    applied_at: datetime | None = None

    @property
    def fits(self) -> bool:
        """Whether this program runs on the schema, as far as this one is concerned."""
        return self.state in ("applied", "ahead")


def status(dsn: str, directory: Path = MIGRATIONS) -> list[MigrationState]:
    """Every migration there is, in order, and those that only the database knows of. Reads only."""
    files = _files(directory)
    with _connected(dsn) as connection:
        applied, checksums, beside = _applied(connection)
    states = [
        _state(id, file, applied.get(id), checksums.get(id)) for id, file in sorted(files.items())
    ]
    return states + [
        MigrationState(id, "ahead" if id in beside else "unknown", applied[id])
        for id in sorted(applied.keys() - files.keys())
    ]


def newest(directory: Path = MIGRATIONS) -> str:
    """The id of the last migration there is: the schema that this program needs."""
    return max(_files(directory))


Progress = Callable[[int], AbstractContextManager[Callable[[], None]]]
"""Shows a number of steps; what it yields is called after each of them."""


@contextmanager
def _silent(steps: int) -> Iterator[Callable[[], None]]:
    yield lambda: None


def migrate(dsn: str, directory: Path = MIGRATIONS, progress: Progress = _silent) -> list[str]:
    """Apply what is pending and return the ids; each migration is applied whole or not at all.

    Any number of processes may call this at once: one works, the others wait and find it done.
    Where there is something to do, no server may be running: it knows the tables as they are. But
    servers that share the database may, where all there is to do goes beside them.
    """
    if _pending(status(dsn, directory)) == []:
        return []
    files = _files(directory)
    with _locked(dsn) as connection:
        pending = _pending(status(dsn, directory))
        if pending:
            _claim(connection, beside=all(_is_beside(files[id]) for id in pending))
        with _yoyo(dsn) as database, progress(len(pending)) as advance:
            for migration in database.to_apply(_yoyo_list(directory)):
                _apply(database, migration)
                advance()
        return pending


def _apply(database: Any, migration: Any) -> None:
    file = Path(migration.path)
    beside = _is_beside(file)
    database.execute(f"set lock_timeout = '{_TABLE_PATIENCE if beside else 0}'")
    for left in reversed(range(_TABLE_TRIES)):
        try:
            database.apply_whole(migration, _checksum(file), beside)
        except psycopg2.Error as error:
            busy = isinstance(error, psycopg2.errors.LockNotAvailable)
            if busy and left and migration.use_transactions:
                continue
            raise MigrationProblem(
                f"Migration {migration.id} failed, and nothing of it was kept: {error}"
            ) from error
        else:
            return


def rollback(
    dsn: str, *, to: str | None = None, count: int = 1, directory: Path = MIGRATIONS
) -> list[str]:
    """Take back the newest `count` migrations, or all after `to`; return the ids, newest first."""
    with _locked(dsn) as connection:
        states = status(dsn, directory)
        applied = [each.id for each in states if each.state != "pending"]
        if to is not None:
            if to not in applied:
                raise MigrationProblem(f"{to} is not an applied migration; see `db status`.")
            count = len(applied) - applied.index(to) - 1
        ids = applied[::-1][:count]
        _refuse_unfit(states, ahead=True)
        for id in ids:
            if not (directory / f"{id}.rollback.sql").is_file():
                raise MigrationProblem(f"Migration {id} has no rollback: restore a backup instead.")
        _claim(connection)
        with _yoyo(dsn) as database:
            by_id = {each.id: each for each in _yoyo_list(directory)}
            for id in ids:
                try:
                    database.rollback_whole(by_id[id])
                except psycopg2.Error as error:
                    raise MigrationProblem(f"Migration {id} was not taken back: {error}") from error
        return ids


def _pending(states: list[MigrationState]) -> list[str]:
    _refuse_unfit(states)
    return [each.id for each in states if each.state == "pending"]


def _refuse_unfit(states: list[MigrationState], ahead: bool = False) -> None:
    """Raise what is wrong with them; also of those that are `ahead`, if these are in the way."""
    for each in states:
        if each.state == "changed":
            raise MigrationProblem(
                f"Migration {each.id} was edited after it was applied to this database: put the"
                " file back as it was, and make the change in a new migration."
            )
        if each.state == "unknown" or (ahead and each.state == "ahead"):
            raise MigrationProblem(
                f"The database has migration {each.id}, which this version does not know: it was"
                " used by a newer version. Install that one, or restore a backup made before it."
            )


def _files(directory: Path) -> dict[str, Path]:
    found = {
        path.stem: path
        for path in directory.glob("*.sql")
        if not path.name.endswith(".rollback.sql")
    }
    if not found:
        raise MigrationProblem(
            f"There are no migrations in {directory}: the checkout is incomplete."
        )
    return found


def _checksum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _is_beside(file: Path) -> bool:
    """Whether it promises that the program before it runs on, beside what it makes."""
    return file.read_text().startswith(_BESIDE)


def _state(id: str, file: Path, at: datetime | None, checksum: str | None) -> MigrationState:
    if at is None:
        return MigrationState(id, "pending")
    # Without a checksum it was applied by yoyo's own command; take it at its word.
    if checksum not in (None, _checksum(file)):
        return MigrationState(id, "changed", at)
    return MigrationState(id, "applied", at)


def _applied(connection: Connection) -> tuple[dict[str, datetime], dict[str, str], set[str]]:
    """When each applied migration was applied, the checksum of what was, and which go beside."""
    applied: dict[str, datetime] = {}
    checksums: dict[str, str] = {}
    beside: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('_yoyo_migration'), to_regclass('migration_checksums')")
        has_applied, has_checksums = cursor.fetchall()[0]
        if has_applied is not None:
            cursor.execute("select migration_id, applied_at_utc from _yoyo_migration")
            applied = {id: at.replace(tzinfo=UTC) for id, at in cursor.fetchall()}
        if has_checksums is not None:
            # Its column came later than the table.
            cursor.execute(
                "select migration_id, checksum, to_jsonb(m) -> 'beside' from migration_checksums m"
            )
            for id, checksum, goes_beside in cursor.fetchall():
                checksums[id] = checksum
                if goes_beside:
                    beside.add(id)
    return applied, checksums, beside


@contextmanager
def _connected(dsn: str) -> Iterator[Connection]:
    connection = psycopg2.connect(dsn)
    try:
        connection.autocommit = True
        yield connection
    finally:
        connection.close()


@contextmanager
def _locked(dsn: str) -> Iterator[Connection]:
    """Keep other migrators out. PostgreSQL frees the lock when we die, unlike yoyo's own row."""
    with _connected(dsn) as connection, connection.cursor() as cursor:
        cursor.execute("select set_config('lock_timeout', %s, false)", (_LOCK_PATIENCE,))
        try:
            cursor.execute("select pg_advisory_lock(%s)", (_ADVISORY_LOCK,))
        except psycopg2.errors.LockNotAvailable as error:
            raise MigrationProblem(
                "Another process has been migrating this database for a minute: let it finish, and"
                " start again."
            ) from error
        yield connection


def _claim(connection: Connection, beside: bool = False) -> None:
    """Take the lock that a server holds while it runs, for as long as this connection.

    Where it goes `beside` servers that share it, it is shared with them. Waits a little: PostgreSQL
    may not have noticed yet that a killed server is gone.
    """
    deadline = monotonic() + _SERVER_PATIENCE
    take = "pg_try_advisory_lock_shared" if beside else "pg_try_advisory_lock"
    with connection.cursor() as cursor:
        while True:
            cursor.execute(f"select {take}(%s)", (SERVING,))
            if cursor.fetchall() == [(True,)]:
                return
            if monotonic() > deadline:
                raise MigrationProblem(
                    "A server runs on this database, and its tables are not changed under it:"
                    " stop it first, or give this one a database of its own."
                )
            sleep(0.05)


@contextmanager
def _yoyo(dsn: str) -> Iterator[Any]:
    # Imported when there is something to do: it takes longer than an ordinary start has to spare.
    from .yoyo_database import YoyoDatabase

    database = YoyoDatabase(dsn)
    try:
        database.prepare()
        yield database
    finally:
        database.connection.close()


def _yoyo_list(directory: Path) -> Any:
    from yoyo.migrations import Migration, MigrationList

    # Not read_migrations(), which takes a path with a bracket in it for a pattern.
    files = sorted(_files(directory).items())
    return MigrationList([Migration(id, str(file), str(directory)) for id, file in files])
