"""How often the database is asked for one search: under load each time waits for its turn."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from messenger.search.finding import Finder
from messenger.search.wanted import Wanted
from messenger.store.db import Database
from tests.search.office import Office
from tests.search.rounds import Rounds

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def finder(office: Office) -> AsyncIterator[Finder]:
    """One that has found something already, in a chat with much of the same."""
    chat = await office.group("Стройка", "anna", "boris")
    for number in range(80):
        await office.say("anna", chat, f"Привезли кирпич и цемент, машина {number}")
    await office.say("anna", chat, "Цемент кирпич: один поддон")
    await office.indexed()
    database = Database(office.server.database.dsn, size=2)
    await database.open()
    finder = Finder(database, office.server.search._given[1], lambda: datetime.now(UTC))
    await find(office, finder, "кирпич")
    yield finder
    await database.close()


async def find(office: Office, finder: Finder, q: str, **more: Any) -> int:
    """How many are found."""
    given = {
        "kind": None, "chat_id": None, "sender": None, "before": None, "after": None,
        "order": "best", "typing": False, "limit": 20, "place": None, **more,
    }  # fmt: skip
    found = await finder.find(await office.person("boris"), Wanted(q=q, **given))
    return len(found.hits)


@pytest.mark.parametrize(
    ("q", "typing", "hits", "most"),
    [
        ("кирпич", False, 20, 5),
        ("привезли цемент", False, 20, 5),
        ('"кирпич и цемент"', False, 20, 5),
        ("from:@anna цемент", False, 20, 6),
        ("кир", True, 20, 5),
        ("цемнет", False, 20, 7),
        ("стройматериалы", False, 0, 8),
    ],
)
async def test_a_search_asks_no_oftener_than(
    office: Office, finder: Finder, q: str, typing: bool, hits: int, most: int
) -> None:
    rounds = Rounds.of(finder.database)
    assert await find(office, finder, q, typing=typing) == hits
    assert rounds.count <= most
