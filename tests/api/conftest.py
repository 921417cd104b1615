"""A whole server in the test's own loop, and people who speak REST.

`api(**settings)` starts one more server and gives its `Door`: nobody signed in,
nobody there. `door` is that of the default settings; `admin`, `alice`, `bob`,
`carol` and `guest` are signed in there, and `client(name, role)` makes others.

A server and its database are most of a small test's work. Marked with `leaves_nothing`, a test gets
the module's server, where the same people are at home; what it asks of it must not hang on anything
that others have made there, nor leave anything behind that theirs could see: a refusal, say, or
what becomes of a task in a group of its own.
"""

import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg2
import psycopg2.extensions
import pytest

from messenger import config
from tests.api.cast import Door, MovableServer, Person, sign_up
from tests.api.house import FEW, House
from tests.conftest import KEYS, MIGRATED, database

EASY = {
    **KEYS,
    "PORT": "0",
    "BCRYPT_ROUNDS": "4",
    "AUTH_RATE_LIMIT_MAX_REQUESTS": "1000",
    "MESSAGE_RATE_LIMIT": "100000/10s",
}

Api = Callable[..., Awaitable[Door]]
NewClient = Callable[..., Awaitable[Person]]


@pytest.fixture(scope="module")
def house(
    cluster: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., House]]:
    """The module's server with some settings; it is started when it is first asked for."""
    with ExitStack() as open_till_the_end:

        @functools.cache
        def of(**settings: str) -> House:
            dsn = open_till_the_end.enter_context(database(cluster, worker_id, MIGRATED))
            given = {"DATA_DIR": str(tmp_path_factory.mktemp("house")), **EASY, **settings}
            return open_till_the_end.enter_context(closing(House(config.load(given), dsn)))

        yield of


@pytest.fixture
async def api(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Api]:
    doors: list[Door] = []
    shared = request.node.get_closest_marker("leaves_nothing") is not None
    # One or the other: it is half of what is saved.
    place = request.getfixturevalue("house" if shared else "dsn")

    async def start(**settings: str) -> Door:
        if shared:
            found = place(**settings)
            doors.append(Door(found.server, found))
            return doors[-1]
        server = MovableServer(
            config.load({"DATA_DIR": str(tmp_path), **EASY, **settings}), place
        )  # fmt: skip
        server.database.size = FEW
        await server.start()
        doors.append(Door(server))
        return doors[-1]

    yield start
    for door in doors:
        await door.session.close()
        if not shared:
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
