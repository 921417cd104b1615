from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

from messenger.store.db import Database
from messenger.store.rows import chats, instance
from tests.bucket import s3_server

NIGHT = datetime(2026, 11, 1, 2, 10, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NIGHT

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    database = Database(dsn, size=2)
    await database.open()
    await chats.install_org(database, "Org", NIGHT)
    await instance.epoch(database)
    yield database
    await database.close()


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with s3_server(tmp_path_factory.mktemp("s3")) as address:
        yield address
