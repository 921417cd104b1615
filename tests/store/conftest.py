import uuid
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from messenger.store.db import Database
from messenger.store.journal import Journal
from messenger.store.postgres import PostgresStore
from messenger.store.rows import chats, sessions
from tests.store.scene import NOW, Scene, ticking
from tests.unit.memory import Memory


@pytest.fixture(params=["memory", "postgres"])
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    """An organisation without anybody in it yet, over each of the two stores in turn."""
    if request.param == "memory":
        memory = Memory(ticking())

        async def sign_in(user_id: int) -> str:
            return memory.open_session(user_id)

        yield Scene(memory, memory.install_org(), sign_in)
        return
    database = Database(request.getfixturevalue("dsn"), size=2)
    journal = Journal(database, ticking())
    await database.open()
    try:
        org_id = await chats.install_org(database, "Org", NOW)

        async def sign_in(user_id: int) -> str:
            id, until = str(uuid.uuid4()), NOW + timedelta(days=30)
            assert await sessions.open_session(database, id, user_id, "x", "phone", NOW, until)
            return id

        yield Scene(PostgresStore(database, journal), org_id, sign_in)
    finally:
        await journal.close()
        await database.close()
