"""`search`: the index of the search: how far it is, and how it is made anew."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
import msgspec

from messenger import config
from messenger.archive.reading import Reading
from messenger.archive.vault import vault_of
from messenger.cli import Verbs
from messenger.cli.local_server import current_database
from messenger.cli.printing import as_json, show
from messenger.cli.progress import progress
from messenger.config import Settings
from messenger.search.forgetting import forget_unused
from messenger.search.rebuilding import Progress, Rebuilding
from messenger.store.db import Database
from messenger.store.rows import search as rows

T = TypeVar("T")
PARTS = 100
REST = 0.5


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What `search status --json` prints. `part`: of all messages; null: never begun."""

    part: float | None
    began_at: str | None
    ended_at: str | None
    entries: int
    words: int
    bytes: int
    unread_files: int


@click.group(cls=Verbs)
def search() -> None:
    """The index of the search. It is kept by the server; both run beside it, or without one."""


@search.command()
@as_json
def status(as_json: bool) -> None:
    """Tell how far the index is made, and how large it is."""

    async def work(database: Database, settings: Settings) -> Status:
        built = await _rebuilding(database, settings).progress()
        sizes = await rows.sizes(database)
        return Status(
            part=built.part if built else None,
            began_at=built.began_at if built else None,
            ended_at=built.ended_at if built else None,
            **sizes,
        )

    found = _on(work)
    how_far = "not begun: a server begins it" if found.part is None else f"{found.part:.0%} made"
    lines = [
        f"{how_far}{f', done at {found.ended_at}' if found.ended_at else ''}",
        f"{found.entries} entries, {found.words} words, {found.bytes / 2**20:.1f} MiB",
        f"{found.unread_files} files whose text is still to be read",
    ]
    show(found, lines, as_json)


@search.command()
@click.option("--resume", is_flag=True, help="Go on with what was begun, instead of anew.")
@as_json
def rebuild(resume: bool, as_json: bool) -> None:
    """Make the index anew of what is in the tables and in the archive.

    Everything is found meanwhile that was found before. Ended early, a server goes on with it.
    """

    async def work(database: Database, settings: Settings) -> int:
        builder = _rebuilding(database, settings)
        if not resume:
            await builder.begin()
        with progress("Making the index", PARTS) as step:
            shown = 0

            def told(now: Progress) -> None:
                nonlocal shown
                while shown < int(now.part * PARTS):
                    step()
                    shown += 1

            await builder.run(told)
        await forget_unused(database, rest=0.0)
        found = await builder.progress()
        return found.messages if found else 0

    count = _on(work)
    show({"messages": count}, [f"the index has {count} messages"], as_json)


def _rebuilding(database: Database, settings: Settings) -> Rebuilding:
    reading = Reading(database, vault_of(settings))
    return Rebuilding(database, reading, lambda: datetime.now(UTC), REST)


def _on(work: Callable[[Database, Settings], Awaitable[T]]) -> T:
    settings = config.load(os.environ)

    async def run(dsn: str) -> Any:
        database = Database(dsn, size=2)
        await database.open()
        try:
            return await work(database, settings)
        finally:
            await database.close()

    with current_database(settings) as dsn:
        result: T = asyncio.run(run(dsn))
        return result
