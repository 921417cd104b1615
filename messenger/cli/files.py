"""`files`: what people have uploaded: check it, remove what nobody needs, move it."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
import msgspec

from messenger import config
from messenger.cli import Misuse, Verbs
from messenger.cli.local_server import current_database
from messenger.config import Settings
from messenger.files import moving
from messenger.files.storage import PlaceName, Storage, storage_of
from messenger.files.survey import remove_strays, survey
from messenger.files.sweep import sweep as sweep_files
from messenger.jobs.files import NAME
from messenger.jobs.running import Run, run_job
from messenger.store.db import Database

T = TypeVar("T")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")


@click.group(cls=Verbs)
def files() -> None:
    """What people have uploaded. All of it runs beside a server, or without one."""


@files.command()
@as_json
def check(as_json: bool) -> None:
    """Read every content and compare it with its hash; exit 1 when one is missing or damaged."""
    found = _on(survey)
    counts = [len(found.missing), len(found.damaged), len(found.strays)]
    lines = [
        *(f"missing  {each}" for each in found.missing),
        *(f"damaged  {each}" for each in found.damaged),
        *(f"stray    {each}" for each in found.strays),
        "{} whole, {} missing, {} damaged, {} in no row".format(found.whole, *counts),
    ]
    _print(found, lines, as_json)
    if not found.well:
        raise click.exceptions.Exit(1)


@files.command()
@click.option("--strays", "also_strays", is_flag=True, help="Also what the database does not know.")
@as_json
def sweep(also_strays: bool, as_json: bool) -> None:
    """Remove what nothing refers to any more. A server does so once an hour."""

    async def work(database: Database, storage: Storage) -> dict[str, int]:
        async def job(run: Run) -> None:
            swept = await sweep_files(database, storage, now())
            removed = await remove_strays(database, storage) if also_strays else 0
            run.details = {"files": swept.files, "contents": swept.contents, "strays": removed}

        # Under the lock of the server's own sweeps.
        done = await run_job(database, NAME, job, now)
        return done.details or {}

    done = _on(work)
    line = "removed {files} files, {contents} contents, {strays} strays".format(**done)
    _print(done, [line], as_json)


@files.command()
@click.option("--to", required=True, metavar="PLACE", help="`disk`, or the S3_URL of the settings.")
@as_json
def move(to: str, as_json: bool) -> None:
    """Move all contents to the disk or into the bucket; may be stopped, and goes on again."""
    place = _place(config.load(os.environ), to)

    async def work(database: Database, storage: Storage) -> tuple[int, list[str]]:
        return await moving.move(database, storage, place)

    moved, left = _on(work)
    lines = [*(f"not whole  {each}" for each in left), f"moved {moved} contents"]
    _print({"moved": moved, "left": left}, lines, as_json)
    if left:
        raise click.exceptions.Exit(1)


def now() -> datetime:
    return datetime.now(UTC)


def _place(settings: Settings, to: str) -> PlaceName:
    if to == "disk":
        return "disk"
    bucket = settings.s3_url and f"s3://{'/'.join(filter(None, settings.s3_url))}"
    if bucket is None or to.rstrip("/") != bucket:
        raise Misuse(
            f"--to={to} is neither `disk` nor the bucket of the settings: write it into S3_URL, so"
            " that the server reads from there, too."
        )
    return "s3"


def _on(work: Callable[[Database, Storage], Awaitable[T]]) -> T:
    """Do a command's work on the configured database and storage."""

    async def run(settings: Settings, dsn: str) -> T:
        database, storage = Database(dsn, size=2), storage_of(settings)
        await database.open()
        try:
            return await work(database, storage)
        finally:
            await database.close()
            storage.close()

    settings = config.load(os.environ)
    with current_database(settings) as dsn:
        return asyncio.run(run(settings, dsn))


def _print(value: Any, lines: list[str], as_json: bool) -> None:
    click.echo(msgspec.json.encode(value).decode() if as_json else "\n".join(lines))
