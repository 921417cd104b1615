"""The database: whether it answers, keeps what it acknowledges, and is as this version needs it."""

from collections.abc import Iterator
from typing import Any, Final

import psycopg2

from messenger.config import Settings
from messenger.doctor.finding import Finding, advice, well, wrong
from messenger.store import condition
from messenger.store.condition import Condition
from messenger.store.schema import migrate

CLOCK_TOLERANCE: Final = 2.0
OLDEST: Final = 140000
"""client_connection_check_interval, which ends the queries of those who are gone, came with 14."""
CONNECTIONS: Final = 26
"""Six in the pool; the journal, the bus, jobs, a backup, a command line or two; some to spare."""
GENEROUS: Final = 60
DURABLE: Final = ("fsync", "full_page_writes", "synchronous_commit")


def look(settings: Settings, dsn: str) -> Iterator[Finding]:
    """What is wrong with the server behind an address; when it does not answer, that alone."""
    try:
        with condition.opened(dsn) as connection:
            found = condition.condition(connection)
            failed = condition.failed_jobs(connection) if is_made(connection) else []
    except psycopg2.OperationalError as error:
        yield wrong("database_away", why=str(error).strip())
        return
    yield from server(settings, found)
    yield from schema(dsn)
    for each in failed:
        command = f"messenger jobs show {_quoted(each.job)}"
        yield wrong("job", job=each.job, why=each.error or each.outcome, command=command)


def is_made(connection: Any) -> bool:
    return bool(condition.rows(connection, "select to_regclass('job_runs') as found")[0].found)


def _quoted(name: str) -> str:
    return f"'{name}'" if " " in name else name


def server(settings: Settings, found: Condition) -> Iterator[Finding]:
    """Pure: what to say of what a server told."""
    if found.number >= OLDEST:
        yield well("database", version=found.version)
    else:
        yield wrong("database_old", version=found.version)
    said = {"drift": f"{found.drift:.1f}"}
    close = found.drift <= CLOCK_TOLERANCE
    yield well("database_clock", **said) if close else wrong("database_clock", **said)
    off = [name for name in DURABLE if found.settings.get(name) == "off"]
    for name in off:
        yield wrong("not_durable", name=name, sql=switched_on(name, found))
    if not off:
        yield well("durable")
    if found.settings.get("wal_level") == "minimal":
        mend = "alter system set wal_level = replica"
        yield advice("wal_level", sql=mend)
    most = int(found.settings.get("max_connections", "0"))
    if most < CONNECTIONS:
        mend = f"alter system set max_connections = {GENEROUS}"
        yield wrong("connections", most=most, least=CONNECTIONS, sql=mend)
    else:
        yield well("connections", most=most, taken=found.connections)
    if settings.backup_keep_days and not found.may_create:
        yield wrong("createdb", role=found.role, sql=f'alter role "{found.role}" createdb')


def switched_on(name: str, found: Condition) -> str:
    """The line that does it: what is set for the database or the role stands before the file."""
    match found.sources.get(name):
        case "database":
            return f'alter database "{found.database}" reset {name}'
        case "user":
            return f'alter role "{found.role}" reset {name}'
    return f"alter system set {name} = on; select pg_reload_conf()"


def schema(dsn: str) -> Iterator[Finding]:
    """Whether the tables are this version's."""
    # With it comes SQLAlchemy, which a server at rest is without.
    from messenger.store.schema import drift

    states = migrate.status(dsn)
    behind = [each for each in states if not each.fits]
    for each in behind:
        command = "messenger db migrate" if each.state == "pending" else None
        yield wrong(f"migration_{each.state}", id=each.id, command=command)
    if behind:
        return
    yield well("migrations", count=len(states))
    if any(each.state == "ahead" for each in states):
        # The tables are a newer version's, which this one runs on as well.
        return
    differences = drift.check(dsn)
    for difference in differences:
        yield wrong("schema", difference=difference)
    if not differences:
        yield well("schema")
