"""Two servers on one database, in the test's own loop; people are on the one or the other."""

from collections.abc import Awaitable, Callable

import pytest

from tests.live.client import Client
from tests.live.conftest import Stage
from tests.live.conftest import mail_tls as mail_tls
from tests.live.conftest import make_stage as make_stage
from tests.live.conftest import outgoing as outgoing


@pytest.fixture
def settings() -> dict[str, str]:
    return {
        "MESSAGE_RATE_LIMIT": "100000/10s",
        "WRITE_RATE_LIMIT": "100000/10s",
        "WS_RATE_LIMIT_MAX_COMMANDS": "100000",
        "BUS": "postgres",
    }


@pytest.fixture
async def near(make_stage: Callable[[], Awaitable[Stage]]) -> Stage:
    """The server that came first."""
    return await make_stage()


@pytest.fixture
async def far(make_stage: Callable[[], Awaitable[Stage]], near: Stage) -> Stage:
    """The other one, which knows the same people."""
    stage = await make_stage()
    stage.identities = near.identities
    return stage


@pytest.fixture
async def lobby(near: Stage) -> int:
    return await near.group("alice", "bob", "carol")


@pytest.fixture
async def alice(near: Stage, lobby: int) -> Client:
    client = await near.client("alice")
    await client.subscribe((lobby, None))
    return client


@pytest.fixture
async def bob(far: Stage, lobby: int) -> Client:
    client = await far.client("bob")
    await client.subscribe((lobby, None))
    return client
