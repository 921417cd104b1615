"""`serve`: settings, database, migrations, then the server until it is told to stop."""

import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from messenger import config, logs
from messenger.cli import Misuse
from messenger.cli.database import bring_up_to_date, open_database, serving_database
from messenger.cli.port import check_free

if TYPE_CHECKING:
    from messenger.process import Started

log = logging.getLogger(__name__)


def run_server(
    settings: config.Settings,
    *,
    prepare: Callable[[str], None] | None = None,
    started: "Started | None" = None,
) -> None:
    """Bring the database up to date and serve; return when a signal ended it.

    `prepare` gets the database's address before anything is served, `started` what serves.
    """
    # Here, not above: `serve --help` and a malformed setting need not wait for the whole server.
    from messenger import process

    logs.configure(settings.log_level, settings.log_format)
    check_free(settings)
    with serving_database(settings) as (dsn, postgres):
        for id in bring_up_to_date(dsn):
            log.info("applied migration %s", id)
        if prepare is not None:
            prepare(dsn)
        process.run(settings, dsn, postgres, started or process.greet)


def settings_for(host: str | None, port: int | None) -> config.Settings:
    """The environment's settings, with what the command line says put before them."""
    overriding = {"HOST": host, "PORT": None if port is None else str(port)}
    given = {name: value for name, value in overriding.items() if value is not None}
    return config.load({**os.environ, **given})


def run_servers(settings: config.Settings, count: int) -> None:
    """The same with several servers behind one port, each a process of its own."""
    from messenger.cluster import processes

    if not processes.AVAILABLE:
        raise Misuse("Several processes behind one port need Linux.")
    logs.configure(settings.log_level, settings.log_format)
    check_free(settings)
    with serving_database(settings) as (dsn, postgres):
        for id in bring_up_to_date(dsn):
            log.info("applied migration %s", id)
        processes.run(settings, processes.plan(settings, count), postgres)


def run_beside(settings: config.Settings, number: int) -> None:
    """One of these: the database is there and up to date."""
    from messenger import process

    logs.configure(settings.log_level, settings.log_format)
    started = process.greet_for_all if number == 1 else process.follow_parent
    with open_database(settings) as dsn:
        process.run(settings, dsn, None, started)


@click.command()
@click.option("--host", help="The address to listen on, instead of HOST.")
@click.option("--port", type=int, help="The port to listen on, instead of PORT.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    help="How many servers run behind the port, each on a core of its own; Linux only.",
)
@click.option("--beside", type=int, hidden=True)
def serve(host: str | None, port: int | None, processes: int, beside: int | None) -> None:
    """Run the server until it is told to stop (Ctrl-C, SIGTERM).

    Without DATABASE_URL it starts a PostgreSQL of its own under DATA_DIR.
    """
    settings = settings_for(host, port)
    if beside is not None:
        run_beside(settings, beside)
    elif processes > 1:
        run_servers(settings, processes)
    else:
        run_server(settings)
