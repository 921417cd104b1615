"""A whole server in the test's own loop, and people who speak REST.

`api(**settings)` starts one more server and gives its `Door`: nobody signed in,
nobody there. `door` is that of the default settings; `admin`, `alice`, `bob`,
`carol` and `guest` are signed in there, and `client(name, role)` makes others.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import psycopg2
import psycopg2.extensions
import pytest

from messenger import config
from tests.api.cast import Door, MovableServer, Person, sign_up
from tests.conftest import KEYS

EASY = {
    **KEYS,
    "PORT": "0",
    "BCRYPT_ROUNDS": "4",
    "AUTH_RATE_LIMIT_MAX_REQUESTS": "1000",
    "MESSAGE_RATE_LIMIT": "100000/10s",
}

FEW = 3
"""Connections of a server: half of its start is to open them."""

Api = Callable[..., Awaitable[Door]]
NewClient = Callable[..., Awaitable[Person]]


@pytest.fixture
async def api(dsn: str, tmp_path: Path) -> AsyncIterator[Api]:
    doors: list[Door] = []

    async def start(**settings: str) -> Door:
        server = MovableServer(
            config.load({"DATA_DIR": str(tmp_path), **EASY, **settings}), dsn
        )  # fmt: skip
        server.database.size = FEW
        await server.start()
        doors.append(Door(server))
        return doors[-1]

    yield start
    for door in doors:
        await door.session.close()
        await door.server.stop()


@pytest.fixture
async def door(api: Api) -> Door:
    return await api()


@pytest.fixture
async def admin(door: Door) -> Person:
    return await sign_up(door, "admin", "admin")


@pytest.fixture
def client(door: Door, admin: Person) -> NewClient:
    """The administrator is there first: whoever is leads the common chat."""

    async def make(name: str, role: str = "user") -> Person:
        return await sign_up(door, name, role)

    return make


@pytest.fixture
async def alice(client: NewClient) -> Person:
    return await client("alice")


@pytest.fixture
async def bob(client: NewClient) -> Person:
    return await client("bob")


@pytest.fixture
async def carol(client: NewClient) -> Person:
    return await client("carol")


@pytest.fixture
async def guest(client: NewClient) -> Person:
    return await client("guest", "guest")


@pytest.fixture
async def lobby(alice: Person, bob: Person) -> int:
    """A group of alice, who owns it, and bob."""
    return await alice.group(bob)


@pytest.fixture
async def project(alice: Person, bob: Person) -> int:
    """A board of alice, who owns it, and bob."""
    return await alice.group(bob, title="Project", board=True)


def url_of(dsn: str) -> str:
    """For servers whose jobs are processes of their own, which have to find the database."""
    given = psycopg2.extensions.parse_dsn(dsn)
    return f"postgresql://{given['user']}@/{given['dbname']}?host={given['host']}"
