"""`jobs`: what happens by the clock, and how it went."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any

import click
import msgspec

from messenger import config
from messenger.cli import Verbs
from messenger.cli.local_server import current_database
from messenger.store.db import Database
from messenger.store.rows import jobs as rows
from messenger.store.rows.jobs import JobRun

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")


@click.group(cls=Verbs)
def jobs() -> None:
    """What happens by the clock. To run one by hand there is its own command, or the client."""


@jobs.command("list")
@as_json
def list_jobs(as_json: bool) -> None:
    """List the jobs with the newest run of each."""

    async def read(database: Database) -> list[JobRun]:
        found = [await rows.newest(database, name) for name in await rows.names(database)]
        return [each for each in found if each is not None]

    _print(_on(read), as_json)


@jobs.command()
@click.argument("name")
@click.option("--limit", type=click.IntRange(1, rows.KEPT), default=20, help="How many (20).")
@as_json
def show(name: str, limit: int, as_json: bool) -> None:
    """List the runs of a job, the newest first."""

    async def read(database: Database) -> list[JobRun]:
        return (await rows.runs(database, name, 2**53, limit)).items

    _print(_on(read), as_json)


def _on(work: Callable[[Database], Awaitable[list[JobRun]]]) -> list[JobRun]:
    async def run(dsn: str) -> list[JobRun]:
        database = Database(dsn, size=1)
        await database.open()
        try:
            return await work(database)
        finally:
            await database.close()

    with current_database(config.load(os.environ)) as dsn:
        return asyncio.run(run(dsn))


def _print(runs: list[JobRun], as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(runs).decode())
        return
    for run in runs:
        click.echo("  ".join(_words(run)).rstrip())
    if not runs:
        click.echo("nothing has run yet")


def _words(run: JobRun) -> list[Any]:
    took = "" if run.duration_ms is None else f"{run.duration_ms / 1000:.1f} s"
    told = run.error or (msgspec.json.encode(run.details).decode() if run.details else "")
    began = run.started_at.replace("T", " ")[:19]
    return [f"{run.job:14}", began, f"{run.outcome or 'running':8}", f"{took:>9}", told]
