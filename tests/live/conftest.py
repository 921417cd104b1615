"""A whole server in the test's own loop, and a cast of people with sockets.

Accounts are made through the actors, without passwords: signing in has tests
of its own.
"""

import ssl
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from messenger import config
from messenger.app import Server
from messenger.files.intake import Received
from messenger.model import SYSTEM, Identity
from messenger.outgoing.requests import Outgoing
from messenger.protocol.accounts import AddUser
from messenger.protocol.commands import CreateChat, OpenDirect
from messenger.store.rows import sessions
from tests.conftest import KEYS, MIGRATED, database
from tests.files.pictures import picture, saved
from tests.live.client import Client, JsonSocket, MsgpackSocket

Come = Callable[..., Awaitable[Client]]
in_the_house = pytest.mark.asyncio(loop_scope="module")
"""For tests that use `house`: they run in its loop."""

HASH = "no password opens this"
FREELY = {
    "MESSAGE_RATE_LIMIT": "100000/10s",
    "WRITE_RATE_LIMIT": "100000/10s",
    "WS_RATE_LIMIT_MAX_COMMANDS": "100000",
}


async def upload_picture(server: Server, user_id: int, chat: int) -> str:
    """The id of somebody's image that nothing has; raises NotFound for who is not in the chat."""
    spool = server.files.begin()
    await spool.write(saved(picture(8, 8), "PNG"))
    await spool.close()
    received = [Received("a.png", spool)]
    (file,) = await server.files.keep(user_id, chat, received, None)
    return file.id


class Stage:
    """The server under test, and how people get onto it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.base = f"http://127.0.0.1:{server.port}"
        self.identities: dict[str, Identity] = {}
        self.clients: list[Client] = []

    async def person(self, name: str, role: Any = "user") -> Identity:
        if name not in self.identities:
            user = await self.server.directory.ask(
                SYSTEM,
                AddUser(
                    username=name,
                    display_name=name.title(),
                    role=role,
                    locale="ru",
                    time_zone="Europe/Moscow",
                    password_hash=HASH,
                ),
            )
            session = await self.session(user.id)
            self.identities[name] = await self.server.directory.identities.identify(
                user.id, session
            )
        return self.identities[name]

    async def session(self, user_id: int) -> str:
        id = str(uuid.uuid4())
        now = datetime.now(UTC)
        await sessions.open_session(
            self.server.database, id, user_id, HASH, "test", now, now + timedelta(days=1)
        )
        return id

    async def client(
        self, name: str, kind: Any = JsonSocket, own_session: bool = False
    ) -> Client:  # fmt: skip
        identity = await self.person(name)
        session = identity.session_id
        if own_session:
            session = await self.session(identity.user_id)
        token = self.server.tokens.access(identity.user_id, session)
        client = await Client(self.base, token, identity.user_id, kind).connect()
        self.clients.append(client)
        return client

    async def ask(self, name: str, command: Any) -> Any:
        return await self.server.directory.ask(await self.person(name), command)

    async def group(self, *names: str, title: str = "Lobby") -> int:
        """A group; the first named is its owner."""
        people = [(await self.person(name)).user_id for name in names]
        made = CreateChat(title=title, member_ids=people[1:])
        return int((await self.ask(names[0], made)).id)

    async def direct(self, one: str, other: str) -> int:
        them = (await self.person(other)).user_id
        return int((await self.ask(one, OpenDirect(user_id=them))).id)


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """What differs from the defaults; a test may change it before it asks for the stage."""
    return dict(FREELY)


@pytest.fixture
def outgoing() -> Callable[[], Outgoing]:
    """The door out; a test with a service in the house has another one."""
    return Outgoing


@pytest.fixture
def mail_tls() -> ssl.SSLContext | None:
    """Whose word the mail server's certificate is good by; a test with one has another."""
    return None


@asynccontextmanager
async def on_stage(
    dsn: str,
    settings: dict[str, str],
    outgoing: Callable[[], Outgoing] = Outgoing,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Stage]:
    """A server that serves; whoever came onto its stage is let go at the end."""
    given = {"PORT": "0", "BCRYPT_ROUNDS": "4", **KEYS, **settings}
    server = Server(config.load(given), dsn, outgoing=outgoing, tls=tls)
    # Half of a start is to open connections.
    server.database.size = 3
    await server.start()
    stage = Stage(server)
    yield stage
    for client in stage.clients:
        await client.disconnect()
    if server.ready:
        await server.stop()


@pytest.fixture
async def make_stage(
    dsn: str,
    tmp_path: Path,
    settings: dict[str, str],
    outgoing: Callable[[], Outgoing],
    mail_tls: ssl.SSLContext | None,
) -> AsyncIterator[Callable[[], Awaitable[Stage]]]:
    async with AsyncExitStack() as stages:

        async def make() -> Stage:
            given = {"DATA_DIR": str(tmp_path), **settings}
            return await stages.enter_async_context(on_stage(dsn, given, outgoing, mail_tls))

        yield make


@pytest.fixture
async def stage(make_stage: Callable[[], Awaitable[Stage]]) -> Stage:
    return await make_stage()


@pytest.fixture
async def lobby(stage: Stage) -> int:
    return await stage.group("alice", "bob", "carol")


@pytest.fixture
async def alice(stage: Stage, lobby: int) -> Client:
    return await stage.client("alice", JsonSocket)


@pytest.fixture
async def bob(stage: Stage, lobby: int) -> Client:
    return await stage.client("bob", MsgpackSocket)


@pytest.fixture
async def carol(stage: Stage, lobby: int) -> Client:
    return await stage.client("carol", JsonSocket)


# What a module shares


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(
    cluster: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """One server for a module: for tests that leave nothing there that another would notice."""
    settings = {"DATA_DIR": str(tmp_path_factory.mktemp("house")), **FREELY}
    with database(cluster, worker_id, MIGRATED) as dsn:
        async with on_stage(dsn, settings) as stage:
            yield stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(house: Stage) -> int:
    return await house.group("alice", "bob", "carol")


@pytest_asyncio.fixture(loop_scope="module")
async def come(house: Stage, hall: int) -> AsyncIterator[Come]:
    """Opens a socket of alice's in the house; it is closed after the test."""

    async def opened(kind: type[JsonSocket | MsgpackSocket] = JsonSocket) -> Client:
        return await house.client("alice", kind)

    yield opened
    while house.clients:
        await house.clients.pop().disconnect()


@pytest_asyncio.fixture(loop_scope="module")
async def hers(come: Come) -> Client:
    return await come()


async def make_avatar(server: Server, stream_id: int, maker_id: int, content: bytes) -> str:
    """The address of a picture that nobody has yet."""
    spool = server.avatars.begin()
    await spool.write(content)
    await spool.close()
    return await server.avatars.make(spool, None, maker_id, stream_id)
