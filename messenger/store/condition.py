"""What `doctor` asks a database: plain statements on one connection, beside a server or without.

Synchronous, and written down as text: it is asked when the tables may be those of another version,
or not there at all. Reads only.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import msgspec
import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extras import NamedTupleCursor

PATIENCE: Final = 5
"""Seconds that a connection may take, and each statement."""
SETTINGS: Final = (
    "fsync", "full_page_writes", "synchronous_commit", "wal_level", "max_connections",
)  # fmt: skip


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """The server behind the address, as this account sees it; `drift` is that of its clock."""

    version: str
    number: int
    drift: float
    settings: dict[str, str]
    sources: dict[str, str]
    """Where each comes from, as `pg_settings` has it: `database` and `user` go before the file."""
    database: str
    connections: int
    """Of everybody, this one not counted."""
    role: str
    may_create: bool
    """Whether this role may make a database, which the proof of a backup needs."""


@contextmanager
def opened(dsn: str) -> Iterator[Connection]:
    """Raises psycopg2.OperationalError."""
    limits = f"-c statement_timeout={PATIENCE}s -c application_name=doctor"
    connection = psycopg2.connect(
        dsn, connect_timeout=PATIENCE, options=limits, cursor_factory=NamedTupleCursor
    )
    try:
        connection.autocommit = True
        yield connection
    finally:
        connection.close()


def rows(connection: Connection, statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def condition(connection: Connection) -> Condition:
    began = time.time()
    [now] = rows(
        connection,
        "select extract(epoch from clock_timestamp())::float8 as at,"
        " current_setting('server_version') as version",
    )
    drift = max(began - now.at, now.at - time.time(), 0.0)
    found = rows(
        connection,
        "select name, setting, source from pg_settings where name = any(%s)",
        list(SETTINGS),
    )
    [more] = rows(
        connection,
        "select (select count(*) from pg_stat_activity"
        "        where backend_type = 'client backend' and pid <> pg_backend_pid()) as connections,"
        " current_user as role,"
        " (select rolcreatedb or rolsuper from pg_roles where rolname = current_user) as creates",
    )
    return Condition(
        version=now.version,
        number=connection.server_version,
        drift=drift,
        settings={each.name: each.setting for each in found},
        sources={each.name: each.source for each in found},
        database=connection.info.dbname,
        connections=more.connections,
        role=more.role,
        may_create=bool(more.creates),
    )


def push_hosts(connection: Connection, most: int) -> list[str]:
    """The push services that devices have subscribed with."""
    found = rows(
        connection,
        "select distinct split_part(endpoint, '/', 3) as host from push_subscriptions"
        " order by host limit %s",
        most,
    )
    return [str(each.host) for each in found]


class FailedJob(msgspec.Struct, frozen=True):
    """A job by the clock whose newest run came to no good end."""

    job: str
    outcome: str
    error: str | None


def failed_jobs(connection: Connection) -> list[FailedJob]:
    found = rows(
        connection,
        "select * from (select distinct on (job) job, outcome, error from job_runs"
        " where ended_at is not null order by job, id desc) newest"
        " where outcome in ('failed', 'lost')",
    )
    return [FailedJob(each.job, each.outcome, each.error) for each in found]


def archive_proof(connection: Connection, job: str) -> tuple[str, str | None] | None:
    """How the newest proof of the archive ended, and why not well; None when there was none."""
    found = rows(
        connection,
        "select outcome, error from job_runs where job = %s and ended_at is not null"
        " order by id desc limit 1",
        job,
    )
    return (found[0].outcome, found[0].error) if found else None


def manifests(connection: Connection) -> list[Any]:
    """The archive's manifests in their order: `place`, `name` and `sha256` of each."""
    return rows(connection, "select place, name, sha256 from archive_manifests order by id")


def contents(connection: Connection, most: int) -> list[bytes]:
    """Contents on the disk that a file or an avatar needs, by their SHA-256; so many of them."""
    found = rows(
        connection,
        "select sha256 from blobs b where place = 'disk' and ("
        " exists (select from files where files.sha256 = b.sha256)"
        " or exists (select from avatars where avatars.sha256 = b.sha256)) limit %s",
        most,
    )
    return [bytes(each.sha256) for each in found]


def unknown(connection: Connection, hashes: list[bytes]) -> list[bytes]:
    """Those of these contents that no row says are on the disk."""
    found = rows(
        connection,
        "select sha256 from blobs where place = 'disk' and sha256 = any(%s)",
        [psycopg2.Binary(each) for each in hashes],
    )
    known = {bytes(each.sha256) for each in found}
    return [each for each in hashes if each not in known]
