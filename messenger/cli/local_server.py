"""The actors, for the length of one command: an operator's changes pass the rules of the server.

Runs beside a server or without one. What it commits is announced in the same transaction, so that a
running server hears of it and acts on open sockets. Takes no serving lock, and has no sockets.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from messenger import config
from messenger.actors.directory import Directory
from messenger.cli import Failure
from messenger.cli.database import bring_up_to_date, open_database
from messenger.config import Settings
from messenger.model import SYSTEM
from messenger.rules.chats import COMMON_TITLES
from messenger.runtime import overlaid
from messenger.store.db import Database
from messenger.store.journal import Journal
from messenger.store.paging import Part
from messenger.store.postgres import PostgresStore
from messenger.store.rows import chats
from messenger.store.schema import migrate

T = TypeVar("T")


class LocalServer:
    """A database with actors on it, for commands in the name of the server."""

    def __init__(
        self, settings: Settings, database: Database, journal: Journal, org_id: int,
        clock: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self.settings = settings
        self.database = database
        self.clock = clock
        store = PostgresStore(database, journal, announce=True)
        # Nothing subscribes here, so the epoch is never sent.
        self.directory = Directory(store, settings, clock, org_id, epoch=0)

    def __repr__(self) -> str:
        return f"<LocalServer on {self.database!r}>"

    async def do(self, command: Any) -> Any:
        """Have a command done in the name of the server; raises what the actor refuses with."""
        return await self.directory.ask(SYSTEM, command)


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def local_server(
    settings: Settings, dsn: str, clock: Callable[[], datetime] = now
) -> AsyncIterator[LocalServer]:
    """Open a migrated database; on leaving, wait for what was begun."""
    database = Database(dsn, size=2)
    journal = Journal(database, clock)
    await database.open()
    try:
        await overlaid(settings, database)
        org_id = await _common_room(settings, database, clock())
        opened = LocalServer(settings, database, journal, org_id, clock)
        try:
            yield opened
            await opened.directory.drain()
        finally:
            await opened.directory.close()
    finally:
        await journal.close()
        await database.close()


async def _common_room(settings: Settings, database: Database, at: datetime) -> int:
    found = await database.fetch_one(chats.ORG)
    if found is not None:
        return int(found.id)
    return await chats.install_org(database, COMMON_TITLES[settings.default_locale], at)


def act(work: Callable[[LocalServer], Awaitable[T]]) -> T:
    """Do a command's work on the configured database, and return what it found."""

    async def run(settings: Settings, dsn: str) -> T:
        async with local_server(settings, dsn) as opened:
            return await work(opened)

    settings = config.load(os.environ)
    with current_database(settings) as dsn:
        return asyncio.run(run(settings, dsn))


async def read_all(read: Callable[[T | None], Awaitable[Part[T]]]) -> list[T]:
    """All items of a list that is read in pages, each after the last item of the page before."""
    found: list[T] = []
    more = True
    while more:
        page = await read(found[-1] if found else None)
        found, more = found + page.items, page.more
    return found


@contextmanager
def current_database(settings: Settings) -> Iterator[str]:
    """The address of the database, once its schema is this version's; a fresh one is made so."""
    with open_database(settings) as dsn:
        states = migrate.status(dsn)
        if all(each.state == "pending" for each in states):
            bring_up_to_date(dsn)
        elif not all(each.fits for each in states):
            # Not from here: a server of the older version may be running on it.
            raise Failure(
                "The database's schema is of another version than this program:"
                " `bin/messenger db status` shows how. The next start of the server brings it up"
                " to date, and so does `bin/messenger db migrate`."
            )
        yield dsn
