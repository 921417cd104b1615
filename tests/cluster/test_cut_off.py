"""Who loses something on one server has lost it on the other within a second, by every door.

By the clock, from the answer to who took it away: sockets, calls by REST, and files.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final

import aiohttp
import pytest

from messenger.protocol.accounts import RevokeSessions, UpdateUser
from messenger.protocol.commands import DeleteChat
from tests.cluster.nats import NatsServer
from tests.live.client import Client
from tests.live.conftest import Stage, upload_picture
from tests.waiting import until

WITHIN: Final = 1.0

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def nats() -> Iterator[NatsServer]:
    server = NatsServer()
    server.start()
    yield server
    server.kill()


@pytest.fixture(params=["postgres", "nats"])
def settings(
    settings: dict[str, str], nats: NatsServer, request: pytest.FixtureRequest
) -> dict[str, str]:
    return settings | {"BUS": nats.url if request.param == "nats" else "postgres"}


class Doors:
    """One person at the far server: a socket that hears a chat, and a session that only calls."""

    def __init__(self, stage: Stage, client: Client, token: str, paths: list[str]) -> None:
        self.stage = stage
        self.client = client
        self.token = token
        self.paths = paths

    async def statuses(self) -> set[int]:
        """What calls by REST are answered with now."""
        headers = {"Authorization": f"Bearer {self.token}"}
        found = set()
        async with aiohttp.ClientSession(headers=headers) as http:
            for path in self.paths:
                async with http.get(f"{self.stage.base}/api/v1{path}") as answer:
                    found.add(answer.status)
        return found

    async def are_shut(self, socket: Callable[[], Any], status: int, since: float) -> None:
        """Within the time: the socket as it is to be, and every call answered with that."""
        loop = asyncio.get_running_loop()

        async def shut(fact: Callable[[], Any]) -> float:
            await until(fact, every=0.005)
            return loop.time() - since

        async def refused() -> bool:
            return await self.statuses() == {status}

        took = await asyncio.gather(shut(socket), shut(refused))
        assert max(took) <= WITHIN, took


@pytest.fixture
async def alice(near: Stage, far: Stage, lobby: int) -> Client:
    for one in (near, far):
        nats = one.server.peers.nats
        if nats is not None:
            await until(lambda nats=nats: nats.connected)
    return await near.client("alice")


@pytest.fixture
async def doors(near: Stage, far: Stage, alice: Client, lobby: int) -> Doors:
    """Bob's, all of them open."""
    file = await upload_picture(near.server, alice.user_id, lobby)
    await alice.send(lobby, "look", file_ids=[file])
    bob = await far.client("bob")
    await bob.subscribe_all()
    session = await near.session(bob.user_id)
    token = far.server.tokens.access(bob.user_id, session)
    paths = [f"/chats/{lobby}/messages", f"/chats/{lobby}/files", f"/files/{file}"]
    opened = Doors(far, bob, token, paths)
    assert await opened.statuses() == {200}
    return opened


def has_ended(client: Client, lobby: int) -> Callable[[], bool]:
    """Whether the socket was told that it hears the chat no more."""
    wanted = {"type": "subscription.ended", "stream": lobby}
    return lambda: wanted in client.signals


def closed(client: Client, *codes: int) -> Callable[[], bool]:
    return lambda: client.closed is not None and client.closed.code in codes


async def gone(doing: Awaitable[Any]) -> float:
    """Do it, and return the moment at which it is acknowledged."""
    await doing
    return asyncio.get_running_loop().time()


async def test_who_is_removed_from_a_chat_has_lost_it(
    doors: Doors, alice: Client, lobby: int
) -> None:
    removed = alice.ask("member.remove", chat_id=lobby, user_id=doors.client.user_id)
    since = await gone(removed)
    await doors.are_shut(has_ended(doors.client, lobby), 404, since)


async def test_a_deleted_chat_is_over(doors: Doors, near: Stage, alice: Client, lobby: int) -> None:
    since = await gone(near.ask("alice", DeleteChat(chat_id=lobby)))
    await doors.are_shut(has_ended(doors.client, lobby), 404, since)


async def test_a_revoked_session_is_signed_out(doors: Doors, near: Stage, far: Stage) -> None:
    bob = doors.client
    claims = far.server.tokens.read_access(doors.token)
    sessions = [bob.welcome["session_id"], claims.session_id]
    since = await gone(near.ask("bob", RevokeSessions(user_id=bob.user_id, session_ids=sessions)))
    await doors.are_shut(closed(bob, 4401), 401, since)


async def test_a_disabled_account_is_signed_out(doors: Doors, near: Stage) -> None:
    await near.person("root", role="admin")
    bob = doors.client
    since = await gone(near.ask("root", UpdateUser(user_id=bob.user_id, disabled=True)))
    # Their sessions end with it, in a stream of their own: no order holds between the two words.
    await doors.are_shut(closed(bob, 4403, 4401), 401, since)
