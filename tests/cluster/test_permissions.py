"""Who may, asked of a server that has only heard of what is asked about.

Everything is made, and everybody added, removed and disabled, on one server; the other is asked
right after. A part of the table of `tests/live/permissions.py`: what a chat's actor decides.
"""

from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio

from messenger import config
from messenger.app import Server
from tests.conftest import KEYS, MIGRATED, database
from tests.live.conftest import FREELY, Stage
from tests.live.roles import World
from tests.live.test_permissions import Row, by_socket, rows, verdict

ASKED: Final = (
    "message.send", "message.edit", "message.delete", "message.pin", "reaction.add", "read.mark",
    "member.remove", "chat.update", "column.create", "task.create", "task.move",
)  # fmt: skip
ROWS: Final = [row for row in rows() if row.name in ASKED]


class TwoServers(World):
    """Its things are made on one, and asked about on the other."""

    def heads(self) -> dict[int, int]:
        # What was made before may still be on its way; `tests/live` looks for traces of refusals.
        return {}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    cluster: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    settings = {
        "DATA_DIR": str(tmp_path_factory.mktemp("permissions")),
        "PORT": "0",
        "BCRYPT_ROUNDS": "4",
        "AUTH_RATE_LIMIT_MAX_REQUESTS": "100000",
        "BUS": "postgres",
        **KEYS,
        **FREELY,
    }
    with database(cluster, worker_id, MIGRATED) as dsn:
        near, far = (Server(config.load(settings), dsn) for _ in range(2))
        await near.start()
        await far.start()
        made = TwoServers(Stage(near))
        made.base = Stage(far).base
        await made.open()
        yield made
        await made.close()
        await far.stop()
        await near.stop()


def test_all_that_is_asked_stands_in_the_table() -> None:
    assert {row.name for row in ROWS} == set(ASKED)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_who_may(world: World, row: Row) -> None:
    wrong = {}
    for role, expected in row.verdicts.items():
        said = await verdict(world, role, row, await by_socket(world, role, row))
        if said != expected:
            wrong[role] = said
    assert wrong == {}
