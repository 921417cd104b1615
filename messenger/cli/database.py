"""Where commands find their database: the configured one, a running server's, or one just for them.

Starts and stops processes; knows nothing of what is in the database.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import click
import psycopg2

from messenger.cli.progress import progress
from messenger.config import Settings, without_password
from messenger.store.embedded import EmbeddedPostgres, running_dsn
from messenger.store.schema.migrate import migrate

# A database that is started together with us (one container each) is given so long to come up.
_PATIENCE = 30.0


@contextmanager
def open_database(settings: Settings) -> Iterator[str]:
    """The address of the database, for as long as the block runs."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    running = running_dsn(settings.data_dir)
    if running is not None:
        yield running
        return
    with EmbeddedPostgres(settings.data_dir, lasting=False) as postgres:
        yield postgres.dsn


@contextmanager
def serving_database(settings: Settings) -> Iterator[tuple[str, EmbeddedPostgres | None]]:
    """The address of a server's database, and its embedded PostgreSQL, if it has one."""
    if settings.database_url is not None:
        _await_answer(settings.database_url)
        yield settings.database_url, None
        return
    with EmbeddedPostgres(settings.data_dir) as postgres:
        yield postgres.dsn, postgres


def bring_up_to_date(dsn: str) -> list[str]:
    """Apply the migrations that are pending, with a bar on a terminal; return their ids."""
    return migrate(dsn, progress=partial(progress, "Bringing the tables up to date"))


def _await_answer(dsn: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    announced = False
    while True:
        try:
            psycopg2.connect(dsn, connect_timeout=5).close()
            return
        except psycopg2.OperationalError as error:
            if time.monotonic() > deadline:
                raise
            if not announced:
                why = str(error).strip()
                click.echo(f"Waiting for {without_password(dsn)}: {why}", file=sys.stderr)
                announced = True
            time.sleep(0.5)
