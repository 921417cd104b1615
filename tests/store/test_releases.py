"""The data of each release goes to the newest schema, and back to its own as it was.

`releases/` has a dump of each, made of its demo (docs/releasing.md).
"""

import asyncio
from pathlib import Path

import psycopg2
import pytest

from messenger.store import clients, comparing
from messenger.store.comparing import Figures
from messenger.store.db import Database
from messenger.store.schema import drift
from messenger.store.schema.migrate import migrate, newest, rollback, status

RELEASES = sorted((Path(__file__).parent / "releases").glob("*.dump"))
ANEW = "the index of the search is made anew"
CHANGED = {
    "0019.push": {"streams": "where a log begins stays, for the archive has it from there"},
    "0031.saved_searches": {"search_entries": ANEW, "search_builds": ANEW},
}
"""By release, the tables that come back otherwise, and why that is right."""


async def restore(dsn: str, dump: Path) -> Figures:
    async def look() -> None:
        pass

    await clients.restore(clients.find(18, None), dsn, dump, look, whole=False)
    return await figures(dsn)


async def figures(dsn: str, like: Figures | None = None) -> Figures:
    connection = await Database(dsn, size=1).dedicated(comparing.LASTING)
    try:
        return await comparing.figures(connection, like)
    finally:
        await connection.close()


def count(dsn: str, table: str) -> int:
    connection = psycopg2.connect(dsn)
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        ((found,),) = cursor.fetchall()
    connection.close()
    return int(found)


@pytest.mark.parametrize("dump", RELEASES, ids=lambda each: each.stem)
def test_data_of_a_release_goes_to_the_newest_schema_and_back(dump: Path, empty: str) -> None:
    before = asyncio.run(restore(empty, dump))
    messages = count(empty, "messages")
    assert messages > 50
    applied = migrate(empty)
    assert status(empty)[-1].id == newest()
    assert drift.check(empty) == []
    assert count(empty, "messages") == messages
    assert rollback(empty, to=dump.stem) == applied[::-1]
    after = asyncio.run(figures(empty, before))
    tables = {
        name
        for name, table in before.tables.items()
        if name not in drift.NOT_OURS and after.tables.get(name) != table
    }
    assert tables == CHANGED.get(dump.stem, {}).keys()
    assert (before.streams, before.heads) == (after.streams, after.heads)
    assert migrate(empty) == applied
    assert drift.check(empty) == []


def test_there_are_releases_to_try() -> None:
    assert len(RELEASES) >= 2
