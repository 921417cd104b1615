"""One office for a module: its server runs in the module's loop."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from messenger import config
from messenger.app import Server
from tests.conftest import KEYS, MIGRATED, database
from tests.search.office import Office


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(
    cluster: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    settings = {
        **KEYS,
        "DATA_DIR": str(tmp_path_factory.mktemp("office")),
        "PORT": "0",
        "BCRYPT_ROUNDS": "4",
        "MESSAGE_RATE_LIMIT": "100000/10s",
        "WRITE_RATE_LIMIT": "100000/10s",
    }
    with database(cluster, worker_id, MIGRATED) as dsn:
        server = Server(config.load(settings), dsn)
        server.database.size = 3
        await server.start()
        yield Office(server)
        await server.stop()
