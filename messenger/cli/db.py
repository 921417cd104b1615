"""`db`: what the migrations did to the database, and what they should do next."""

import os
from typing import Any

import click
import msgspec

from messenger import config
from messenger.cli import Failure, Verbs
from messenger.cli.database import bring_up_to_date, open_database
from messenger.store.embedded import running_dsn
from messenger.store.schema import beside as steps
from messenger.store.schema import migrate as migrations

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")


@click.group(cls=Verbs)
def db() -> None:
    """The database's schema."""


@db.command()
@as_json
def status(as_json: bool) -> None:
    """List the migrations, and whether they were applied."""
    with open_database(config.load(os.environ)) as dsn:
        states = migrations.status(dsn)
    lines = [f"{each.state:8} {each.id}" for each in states]
    _print(states, lines, as_json)


@db.command()
@as_json
def migrate(as_json: bool) -> None:
    """Apply what is pending. `serve` does so by itself."""
    with open_database(config.load(os.environ)) as dsn:
        done = bring_up_to_date(dsn)
    _print({"applied": done}, [f"applied {id}" for id in done] or ["nothing to apply"], as_json)


@db.command()
@click.option("--to", metavar="ID", help="Take back everything after this migration.")
@click.option("--count", type=click.IntRange(1), default=1, help="How many to take back (1).")
@as_json
def rollback(to: str | None, count: int, as_json: bool) -> None:
    """Take back the newest migrations, and the data that only they had room for."""
    settings = config.load(os.environ)
    if settings.database_url is None and running_dsn(settings.data_dir) is not None:
        raise Failure("The server is running: stop it before its tables are taken away.")
    with open_database(settings) as dsn:
        done = migrations.rollback(dsn, to=to, count=count)
    lines = [f"taken back {id}" for id in done] or ["nothing to take back"]
    _print({"taken_back": done}, lines, as_json)


@db.command()
@as_json
def newest(as_json: bool) -> None:
    """Print the newest migration of this version: the schema it needs. Asks no database."""
    id = migrations.newest()
    _print({"newest": id}, [id], as_json)


@db.command()
@click.option("--to", metavar="ID", help="Which schema to go back to (the present one).")
@as_json
def rehearse(to: str | None, as_json: bool) -> None:
    """Try what is pending, and its way back, on a copy; a server may run. Exit 1 if it fails."""
    from messenger.cli import rehearsing

    with open_database(config.load(os.environ)) as dsn:
        done = rehearsing.rehearse_on(config.load(os.environ), dsn, to)
    _print(done, rehearsing.lines(done), as_json)
    if done.differences:
        raise click.exceptions.Exit(1)


@db.command()
@click.option("--undo", is_flag=True, help="Go back to the older one, which is kept.")
@as_json
def upgrade(undo: bool, as_json: bool) -> None:
    """Bring our own PostgreSQL to the newest major version there is. The server is stopped."""
    from messenger.cli import upgrading

    settings = config.load(os.environ)
    if settings.database_url is not None:
        raise Failure("The database of DATABASE_URL is yours to upgrade.")
    said = upgrading.undo(settings) if undo else upgrading.upgrade(settings)
    _print({"done": said}, [said], as_json)


@db.command()
def beside() -> None:
    """Do what migrations owe: index builds and backfills. `serve` has it done by itself."""

    def told(step: steps.Owed) -> None:
        click.echo(f"{step.name} {step.share * 100:.0f}", err=True)

    with open_database(config.load(os.environ)) as dsn:
        done = steps.work_off(dsn, told)
    click.echo("\n".join(f"done {name}" for name in done) or "nothing is owed")


@db.command()
@as_json
def check(as_json: bool) -> None:
    """Compare the database with the tables this version expects; exit 1 when they differ."""
    from messenger.store.schema import drift

    with open_database(config.load(os.environ)) as dsn:
        differences = drift.check(dsn)
        owed = steps.owed(dsn)
    lines = [f"{each.name} is being made beside serving: {each.share:.0%}" for each in owed]
    said = {"differences": differences, "beside": owed}
    _print(said, [*(differences or ["no differences"]), *lines], as_json)
    if differences:
        raise click.exceptions.Exit(1)


def _print(value: Any, lines: list[str], as_json: bool) -> None:
    click.echo(msgspec.json.encode(value).decode() if as_json else "\n".join(lines))
