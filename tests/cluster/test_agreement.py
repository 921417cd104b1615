"""What holds on one server holds for two people on different ones: agreement, and who is cut off.

The same tests as `tests/live`, with alice on one server and the others on another, which hears of
everything by NATS.
"""

import asyncio
from collections.abc import Iterator

import pytest

from tests.cluster.nats import NatsServer
from tests.live.client import Client, JsonSocket, MsgpackSocket
from tests.live.conftest import Stage
from tests.live.test_agreement import (
    test_a_chat_agrees_with_its_events as test_a_chat_agrees_with_its_events,
)
from tests.live.test_revocation import (
    test_a_deleted_chat_is_over_for_everybody as test_a_deleted_chat_is_over_for_everybody,
)
from tests.live.test_revocation import (
    test_a_disabled_account_is_cut_off_at_once as test_a_disabled_account_is_cut_off_at_once,
)
from tests.waiting import until


@pytest.fixture(scope="module")
def nats() -> Iterator[NatsServer]:
    server = NatsServer()
    server.start()
    yield server
    server.kill()


@pytest.fixture
def settings(settings: dict[str, str], nats: NatsServer) -> dict[str, str]:
    return settings | {"BUS": nats.url}


@pytest.fixture
async def stage(near: Stage, far: Stage) -> Stage:
    """The near one, once both are connected."""
    for one in (near, far):
        nats = one.server.peers.nats
        assert nats is not None
        await until(lambda nats=nats: nats.connected)
    return near


@pytest.fixture
async def lobby(stage: Stage) -> int:
    return await stage.group("alice", "bob", "carol")


@pytest.fixture
async def alice(stage: Stage, lobby: int) -> Client:
    return await stage.client("alice", JsonSocket)


@pytest.fixture
async def bob(far: Stage, lobby: int) -> Client:
    return await far.client("bob", MsgpackSocket)


@pytest.fixture
async def carol(far: Stage, lobby: int) -> Client:
    return await far.client("carol", JsonSocket)


async def test_nothing_leaks_while_members_come_and_go(
    stage: Stage, alice: Client, bob: Client, lobby: int
) -> None:
    """Every message says whether bob was in at the time; he never sees one that says no.

    One that says yes he is handed, or has in the snapshot that `chat.joined` bids him load: where
    his server reads it from the log, it names the place at which the chat stands by then.
    """
    await bob.subscribe_all()
    sent: list[int] = []
    for turn in range(12):
        await asyncio.gather(
            alice.ask("member.remove", chat_id=lobby, user_id=bob.user_id),
            *(alice.send(lobby, f"{turn} either way") for _ in range(3)),
        )
        await asyncio.gather(*(alice.send(lobby, "bob is out") for _ in range(3)))
        await alice.ask("member.add", chat_id=lobby, user_ids=[bob.user_id])
        sent.append((await alice.send(lobby, f"{turn} bob is in"))["seq"])

    def seen() -> list[str]:
        return [e["data"]["text"] for e in bob.events if e["type"] == "message.created"]

    await until(lambda: "11 bob is in" in seen())
    assert "bob is out" not in seen()
    told = [e["data"]["seq"] for e in bob.events if e["type"] == "chat.joined"][-12:]
    handed = [text for text in seen() if text.endswith("is in")]
    wanted = [f"{n} bob is in" for n in range(12)]
    assert handed == [text for text in wanted if text in handed]
    assert all(text in handed or told[n] >= sent[n] for n, text in enumerate(wanted))
